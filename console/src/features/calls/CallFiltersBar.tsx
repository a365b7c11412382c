import { Badge, Button, Collapse, Group, NumberInput, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { SearchInput } from "@/ui/SearchInput";
import { type CallFilters, DIRECTIONS, KEPT, MORE, OUTCOMES, PERIODS } from "./filters";

interface Props {
  filters: CallFilters;
  onChange: (filters: CallFilters) => void;
}

/** What calls are asked for. */
export function CallFiltersBar({ filters, onChange }: Props) {
  const { t } = useTranslation("calls");
  const { t: word } = useTranslation("callwords");
  const more = MORE.filter((one) => filters[one] !== undefined).length;
  const [opened, { toggle }] = useDisclosure(more > 0);
  const [cleared, setCleared] = useState(0);
  const put = (change: { [F in keyof CallFilters]: CallFilters[F] | null }) => {
    const next = Object.entries({ ...filters, ...change }).filter(
      ([, value]) => value !== null && value !== "",
    );
    onChange(Object.fromEntries(next) as CallFilters);
  };
  return (
    <>
      <Group gap="sm" align="flex-end">
        <SearchInput
          key={cleared}
          label={t("searchFor")}
          value={filters.q ?? ""}
          onChange={(q) => put({ q })}
        />
        <Select
          aria-label={t("when")}
          placeholder={t("period.always")}
          clearable
          w={180}
          data={PERIODS.map((one) => ({ value: one, label: t(`period.${one}`) }))}
          value={filters.period ?? null}
          onChange={(period) => put({ period: period as CallFilters["period"] | null })}
        />
        <Select
          aria-label={t("direction")}
          placeholder={t("direction")}
          clearable
          w={150}
          data={DIRECTIONS.map((one) => ({ value: one, label: word(`direction.${one}`) }))}
          value={filters.direction ?? null}
          onChange={(direction) => put({ direction: direction as CallFilters["direction"] | null })}
        />
        <Select
          aria-label={t("outcome")}
          placeholder={t("outcome")}
          clearable
          w={180}
          data={OUTCOMES.map((one) => ({ value: one, label: word(`outcome.${one}`) }))}
          value={filters.outcome ?? null}
          onChange={(outcome) => put({ outcome: outcome as CallFilters["outcome"] | null })}
        />
        <Button
          variant="subtle"
          onClick={toggle}
          aria-expanded={opened}
          leftSection={<IconAdjustmentsHorizontal size={18} aria-hidden />}
          rightSection={more > 0 ? <Badge circle>{more}</Badge> : undefined}
        >
          {t("more")}
        </Button>
        {Object.keys(filters).length > 0 && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconX size={16} aria-hidden />}
            onClick={() => {
              setCleared(cleared + 1);
              onChange({});
            }}
          >
            {t("clear")}
          </Button>
        )}
      </Group>
      {filters.period === "days" && (
        <Group gap="sm">
          <TextInput
            type="date"
            label={t("from")}
            value={filters.from ?? ""}
            max={filters.to}
            onChange={(event) => put({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t("to")}
            value={filters.to ?? ""}
            min={filters.from}
            onChange={(event) => put({ to: event.currentTarget.value })}
          />
        </Group>
      )}
      <Collapse expanded={opened}>
        <More filters={filters} put={put} key={cleared} />
      </Collapse>
    </>
  );
}

interface MoreProps {
  filters: CallFilters;
  put: (change: { [F in keyof CallFilters]: CallFilters[F] | null }) => void;
}

function More({ filters, put }: MoreProps) {
  const { t } = useTranslation("calls");
  const chooses = useMay("config.read");
  const field = (key: "user" | "queue" | "trunk") =>
    chooses ? (
      <ObjectSelect
        key={key}
        kind={key}
        label={t(`filter.${key}`)}
        value={filters[key]}
        onChange={(value) => put({ [key]: value })}
      />
    ) : (
      <TextInput
        key={key}
        label={t(`filter.${key}`)}
        defaultValue={filters[key] ?? ""}
        onBlur={(event) => put({ [key]: event.currentTarget.value.trim() })}
      />
    );
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      {field("user")}
      {field("queue")}
      {field("trunk")}
      <TextInput
        label={t("filter.tag")}
        description={t("filter.tagHint")}
        defaultValue={filters.tag ?? ""}
        onBlur={(event) => put({ tag: event.currentTarget.value.trim() })}
      />
      <Select
        label={t("filter.has")}
        description={t("filter.hasHint")}
        clearable
        data={KEPT.map((one) => ({ value: one, label: t(`kept.${one}`) }))}
        value={filters.has ?? null}
        onChange={(has) => put({ has: has as CallFilters["has"] | null })}
      />
      <NumberInput
        label={t("filter.min_seconds")}
        description={t("filter.min_secondsHint")}
        min={0}
        allowNegative={false}
        value={filters.min_seconds ?? ""}
        onChange={(seconds) =>
          put({ min_seconds: typeof seconds === "number" && seconds > 0 ? seconds : null })
        }
      />
    </SimpleGrid>
  );
}
