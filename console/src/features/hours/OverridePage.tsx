import { Code, MultiSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Stored, useObject, useObjects } from "@/api/objects";
import { EditorFrame, type Seen, useEditor } from "@/ui/editor";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";

export function OverridePage() {
  const { id } = useParams({ strict: false });
  const known = id === "new" ? undefined : id;
  const query = useObject("override", known);
  const others = useObjects("override");
  const schedules = useObjects("schedule");
  if (known)
    return <Loaded query={query}>{(stored) => <Form key={known} stored={stored} others={[]} />}</Loaded>;
  return (
    <Loaded query={others}>
      {(found) => (
        <Loaded query={schedules}>
          {(all) => <Form stored={null} others={found} schedules={all.map((one) => one.id)} />}
        </Loaded>
      )}
    </Loaded>
  );
}

interface Props {
  stored: Seen<"override"> | null;
  others: Stored<"override">[];
  schedules?: string[];
}

/** The lowest code that nobody has. */
function freeCode(others: Stored<"override">[]): string {
  const taken = new Set(others.map((one) => one.code));
  let code = 1;
  while (taken.has(String(code))) code++;
  return String(code);
}

function Form({ stored, others, schedules = [] }: Props) {
  const { t } = useTranslation("hours");
  const editor = useEditor({
    kind: "override",
    stored,
    initial: { name: "", code: freeCode(others), forces: "closed", schedules, users: [] },
    back: "hours",
  });
  const { draft, put, errorOf } = editor;
  const users = useObjects("user").data ?? [];
  const all = useObjects("schedule").data ?? [];
  const name = stored ? stored.object.name || stored.object.id : "";
  return (
    <EditorFrame
      title={stored ? name : t("newOverride")}
      intro={t("overrideIntro")}
      back="hours"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "override", id: stored.object.id, name } : undefined}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        placeholder={t("overrideExample")}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <Stack gap={4} align="flex-start">
        <Text size="sm" fw={500}>
          {t("whileOn")}
        </Text>
        <SegmentedControl
          aria-label={t("whileOn")}
          value={draft.forces}
          onChange={(forces) => put({ forces: forces as typeof draft.forces })}
          data={[
            { value: "closed", label: t("closed") },
            { value: "open", label: t("open") },
          ]}
        />
      </Stack>
      <MultiSelect
        label={t("schedules")}
        description={t("overrideSchedules")}
        maw={560}
        data={all.map((one) => ({ value: one.id, label: nameOf(one) }))}
        value={draft.schedules}
        error={errorOf("schedules")}
        onChange={(chosen) => put({ schedules: chosen })}
      />
      <TextInput
        label={t("code")}
        description={t("codeHint")}
        required
        maw={220}
        inputMode="numeric"
        maxLength={3}
        value={draft.code}
        error={errorOf("code")}
        onChange={(event) => put({ code: event.currentTarget.value.replaceAll(/\D/g, "") })}
      />
      <Text size="sm">
        {t("dial")} <Code>*28{draft.code}</Code>, {t("dialUntil")} <Code>*28{draft.code}*1800</Code>
      </Text>
      <MultiSelect
        label={t("whoTurns")}
        placeholder={draft.users.length ? "" : t("everybody")}
        searchable
        maw={560}
        data={users.map((one) => ({ value: one.id, label: nameOf(one) }))}
        value={draft.users}
        onChange={(chosen) => put({ users: chosen })}
      />
    </EditorFrame>
  );
}
