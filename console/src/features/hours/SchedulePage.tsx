import { Button, MultiSelect, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Kinds, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { Edited, type Editor, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { nameOf, ObjectSelect } from "@/ui/ObjectSelect";
import { Exceptions } from "./Exceptions";
import { Seasons } from "./Seasons";
import { WeekPainter } from "./WeekPainter";
import { weeklyOf, weekOf } from "./week";

export type ScheduleDraft = Omit<Kinds["schedule"], "id" | "kind">;
export type ScheduleEditor = Editor<ScheduleDraft>;

const NEW: ScheduleDraft = {
  name: "",
  weekly: { "mon-fri": ["09:00-18:00"] },
  seasons: [],
  exceptions: [],
  calendars: [],
};

export function SchedulePage() {
  return <Edited kind="schedule" form={Form} />;
}

function Form({ stored }: { stored: Seen<"schedule"> | null }) {
  const { t } = useTranslation("hours");
  const may = useMay("config.write");
  const editor = useEditor({
    kind: "schedule",
    stored,
    initial: NEW,
    back: "hours",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  return (
    <EditorFrame
      title={stored ? name : t("newSchedule")}
      intro={t("scheduleIntro")}
      back="hours"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "schedule", id: stored.object.id, name } : undefined}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        placeholder={t("scheduleExample")}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <Section title={t("week")}>
        <WeekField value={draft.weekly} onChange={(weekly) => put({ weekly })} disabled={!may} />
      </Section>
      <Holidays draft={draft} put={put} />
      <Exceptions editor={editor} disabled={!may} />
      <Seasons editor={editor} disabled={!may} />
      <Zone draft={draft} put={put} />
    </EditorFrame>
  );
}

interface WeekFieldProps {
  value: ScheduleDraft["weekly"];
  onChange: (weekly: Record<string, string[]>) => void;
  disabled: boolean;
}

/** A week as it is kept, to be painted. */
export function WeekField({ value, onChange, disabled }: WeekFieldProps) {
  const week = useMemo(() => weekOf(value), [value]);
  return <WeekPainter week={week} onChange={(next) => onChange(weeklyOf(next))} disabled={disabled} />;
}

type PartProps = Pick<ScheduleEditor, "draft" | "put">;

function Holidays({ draft, put }: PartProps) {
  const { t } = useTranslation("hours");
  const calendars = useObjects("calendar").data ?? [];
  return (
    <Section title={t("holidays")} hint={t("holidaysHint")}>
      <MultiSelect
        aria-label={t("holidays")}
        placeholder={draft.calendars.length ? "" : t("chooseCalendars")}
        maw={560}
        data={calendars.map((one) => ({ value: one.id, label: nameOf(one) }))}
        value={draft.calendars}
        onChange={(chosen) => put({ calendars: chosen })}
      />
    </Section>
  );
}

function Zone({ draft, put }: PartProps) {
  const { t } = useTranslation("hours");
  const sites = useObjects("site").data ?? [];
  if (sites.length < 2 && !draft.site) return null;
  return (
    <ObjectSelect
      kind="site"
      label={t("site")}
      description={t("siteHint")}
      maw={420}
      value={draft.site}
      onChange={(site) => put({ site })}
    />
  );
}

export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button variant="light" leftSection={<IconPlus size={18} />} onClick={onClick}>
      {label}
    </Button>
  );
}
