import { ActionIcon, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { Section } from "@/ui/editor";
import { DayInput, Yearly } from "./DayInput";
import { AddButton, type ScheduleEditor } from "./SchedulePage";
import { DayText } from "./WeekPainter";
import { parseSpans, spanText } from "./week";

type Exception = components["schemas"]["ScheduleException"];

function today(): string {
  return new Date().toLocaleDateString("sv");
}

/** Days with other hours, or none. */
export function Exceptions({ editor, disabled }: { editor: ScheduleEditor; disabled: boolean }) {
  const { t } = useTranslation("hours");
  const { draft, put } = editor;
  const add = (fields: Partial<Exception>) =>
    put({
      exceptions: [...draft.exceptions, { name: "", date: "", from: "", to: "", spans: [], ...fields }],
    });
  return (
    <Section
      title={t("exceptions")}
      hint={t("exceptionsHint")}
      actions={
        !disabled && (
          <Group gap="xs">
            <AddButton label={t("addDay")} onClick={() => add({ date: today() })} />
            <AddButton label={t("addRange")} onClick={() => add({ from: today(), to: today() })} />
          </Group>
        )
      }
    >
      {draft.exceptions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("noExceptions")}
        </Text>
      )}
      <Stack gap="md">
        {draft.exceptions.map((exception, index) => (
          <Row
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place alone
            key={index}
            exception={exception}
            disabled={disabled}
            error={editor.errorOf(`exceptions.${index}`)}
            onChange={(fields) =>
              put({
                exceptions: draft.exceptions.map((one, at) => (at === index ? { ...one, ...fields } : one)),
              })
            }
            onRemove={() => put({ exceptions: draft.exceptions.filter((_, at) => at !== index) })}
          />
        ))}
      </Stack>
    </Section>
  );
}

interface RowProps {
  exception: Exception;
  disabled: boolean;
  error: React.ReactNode;
  onChange: (fields: Partial<Exception>) => void;
  onRemove: () => void;
}

function Row({ exception, disabled, error, onChange, onRemove }: RowProps) {
  const { t } = useTranslation("hours");
  const range = Boolean(exception.from);
  const dates = range ? [exception.from, exception.to] : [exception.date];
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        label={t("name", { ns: "common" })}
        placeholder={t("exceptionExample")}
        value={exception.name}
        style={{ flex: "1 1 10rem" }}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      {range ? (
        <>
          <DayInput
            label={t("from")}
            value={exception.from}
            error={error}
            onChange={(from) => onChange({ from })}
          />
          <DayInput label={t("to")} value={exception.to} onChange={(to) => onChange({ to })} />
        </>
      ) : (
        <DayInput
          label={t("date")}
          value={exception.date}
          error={error}
          onChange={(date) => onChange({ date })}
        />
      )}
      <Yearly
        values={dates}
        onChange={([first = "", last = ""]) => onChange(range ? { from: first, to: last } : { date: first })}
      />
      <DayText
        label={t("hours")}
        visible
        disabled={disabled}
        spans={parseSpans(exception.spans.join(",")) ?? []}
        onChange={(spans) => onChange({ spans: spans.map(spanText) })}
      />
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="red"
          size="lg"
          onClick={onRemove}
          aria-label={`${t("remove", { ns: "common" })}: ${exception.name || dates.join(" – ")}`}
        >
          <IconTrash size={18} />
        </ActionIcon>
      )}
    </Group>
  );
}
