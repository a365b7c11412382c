import { ActionIcon, Alert, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { Kinds } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { date } from "@/i18n/format";
import { Edited, type Editor, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Sources } from "./CalendarSources";
import { OwnDay } from "./OwnDay";
import { type Marked, YearView } from "./YearView";

export type CalendarDraft = Omit<Kinds["calendar"], "id" | "kind">;
export type CalendarEditor = Editor<CalendarDraft>;

const NEW: CalendarDraft = { name: "", country: "ES", region: "", days: [], ics: "", csv: "", url: "" };

export function CalendarPage() {
  return <Edited kind="calendar" form={Form} />;
}

function Form({ stored }: { stored: Seen<"calendar"> | null }) {
  const { t } = useTranslation("hours");
  const editor = useEditor({
    kind: "calendar",
    stored,
    initial: { ...NEW, name: stored ? "" : t("calendarExample") },
    back: "hours",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  return (
    <EditorFrame
      title={stored ? name : t("newCalendar")}
      intro={t("calendarIntro")}
      back="hours"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "calendar", id: stored.object.id, name } : undefined}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <Sources editor={editor} />
      <Year draft={draft} put={put} id={stored?.object.id ?? "new"} />
    </EditorFrame>
  );
}

function Year({ draft, put, id }: Pick<CalendarEditor, "draft" | "put"> & { id: string }) {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const may = useMay("config.write");
  const [year, setYear] = useState(new Date().getFullYear());
  const [chosen, setChosen] = useState<string | null>(null);
  const found = useQuery({
    queryKey: ["calendar-year", tenant, id, year, draft],
    queryFn: () =>
      call(
        api.POST("/api/v1/tenants/{tenant}/calendar-year", {
          params: { path: { tenant }, query: { year } },
          body: { ...draft, kind: "calendar", id },
        }),
      ),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const own = new Set(draft.days.map((day) => (day.date.length === 5 ? `${year}-${day.date}` : day.date)));
  const marked = new Map<string, Marked>();
  for (const day of found.data?.hours ?? []) marked.set(day.date, { name: day.name, kind: "hours" });
  for (const day of found.data?.days ?? []) {
    marked.set(day.date, { name: day.name, kind: own.has(day.date) ? "own" : "holiday" });
  }
  return (
    <Section
      title={t("yearTitle", { year })}
      hint={may ? t("yearHint") : undefined}
      actions={
        <Group gap="xs">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("yearBefore")}
            onClick={() => setYear(year - 1)}
          >
            <IconChevronLeft size={18} />
          </ActionIcon>
          <Text fw={650} aria-live="polite">
            {year}
          </Text>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("yearAfter")}
            onClick={() => setYear(year + 1)}
          >
            <IconChevronRight size={18} />
          </ActionIcon>
        </Group>
      }
    >
      <ProblemAlert error={found.error} />
      {found.data?.runs_out && (
        <Alert color="lamp">{t("runsOut", { date: date(`${found.data.runs_out}T12:00:00Z`, "UTC") })}</Alert>
      )}
      {(found.data?.warnings ?? []).map((warning) => (
        <Alert key={warning} color="lamp">
          {warning}
        </Alert>
      ))}
      <Text size="sm">{t("dayCount", { count: found.data?.days.length ?? 0 })}</Text>
      <YearView year={year} marked={marked} onDay={(iso) => may && setChosen(iso)} />
      <Days days={found.data?.days ?? []} />
      <OwnDay
        iso={chosen}
        mark={chosen ? marked.get(chosen) : undefined}
        draft={draft}
        put={put}
        onClose={() => setChosen(null)}
      />
    </Section>
  );
}

/** The names, for whoever reads rather than points. */
function Days({ days }: { days: { date: string; name: string }[] }) {
  const { t } = useTranslation("hours");
  if (days.length === 0) return null;
  return (
    <details>
      <summary>{t("list")}</summary>
      <Stack gap={2} mt="xs">
        {days.map((day) => (
          <Text size="sm" key={day.date}>
            {date(`${day.date}T12:00:00Z`, "UTC")} · {day.name}
          </Text>
        ))}
      </Stack>
    </details>
  );
}
