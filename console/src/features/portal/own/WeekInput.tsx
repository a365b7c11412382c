import { ActionIcon, Group, Stack, Switch, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DAYS, halves, nextSpan, type Week, weekErrors, withSpans } from "./week";

/** A week by hand: for each day whether, and from when to when. */
export function WeekInput({ value, onChange }: { value: Week; onChange: (week: Week) => void }) {
  return (
    <Stack gap="xs">
      {DAYS.map((day) => (
        <Day
          key={day}
          day={day}
          spans={value[day] ?? []}
          wrong={weekErrors(value).includes(day)}
          onChange={(spans) => onChange(withSpans(value, day, spans))}
        />
      ))}
    </Stack>
  );
}

interface DayProps {
  day: (typeof DAYS)[number];
  spans: string[];
  wrong: boolean;
  onChange: (spans: string[]) => void;
}

function Day({ day, spans, wrong, onChange }: DayProps) {
  const { t, i18n } = useTranslation("portal");
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day))); // that was a Monday
  const name = new Intl.DateTimeFormat(i18n.language, { weekday: "long", timeZone: "UTC" }).format(date);
  const put = (index: number, from: string, to: string) =>
    onChange(spans.map((span, at) => (at === index ? `${from}-${to}` : span)));
  return (
    <Group gap="sm" align="center" mih={36} role="group" aria-label={name}>
      <Switch
        w={150}
        label={name}
        checked={spans.length > 0}
        onChange={(event) => onChange(event.currentTarget.checked ? [nextSpan([])] : [])}
      />
      {spans.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("hours.closed")}
        </Text>
      )}
      {spans.map((span, index) => {
        const [from, to] = halves(span);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span is known by its place
          <Group key={index} gap={4} wrap="nowrap">
            <TimeInput
              aria-label={t("hours.from", { day: name })}
              value={from}
              error={wrong}
              onChange={(event) => put(index, event.currentTarget.value, to)}
            />
            <Text size="sm" aria-hidden>
              –
            </Text>
            <TimeInput
              aria-label={t("hours.to", { day: name })}
              value={to === "24:00" ? "23:59" : to}
              error={wrong}
              onChange={(event) => put(index, from, event.currentTarget.value)}
            />
          </Group>
        );
      })}
      {spans.length > 0 && (
        <Group gap={2} wrap="nowrap">
          <ActionIcon
            variant="subtle"
            aria-label={t("hours.addSpan", { day: name })}
            disabled={spans.length >= 4}
            onClick={() => onChange([...spans, nextSpan(spans)])}
          >
            <IconPlus size={16} />
          </ActionIcon>
          {spans.length > 1 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("hours.removeSpan", { day: name })}
              onClick={() => onChange(spans.slice(0, -1))}
            >
              <IconMinus size={16} />
            </ActionIcon>
          )}
        </Group>
      )}
    </Group>
  );
}
