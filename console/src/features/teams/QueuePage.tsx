import { Accordion, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Kinds } from "@/api/objects";
import { useMay } from "@/api/session";
import { Edited, type Editor, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { Members } from "./Members";
import { NameAndExtension, NumberField, StrategySelect } from "./Parts";
import { Announcements, Callback, Overflows, Times } from "./QueueParts";

export type QueueEditor = Editor<Omit<Kinds["queue"], "id" | "kind">>;
const STRATEGIES = [
  "longest-idle",
  "all",
  "linear",
  "round-robin",
  "fewest-calls",
  "even-volume",
  "weighted-random",
  "skills",
] as const;
const NEW: QueueEditor["draft"] = {
  name: "",
  strategy: "longest-idle",
  agents: [],
  ring_seconds: 20,
  retry_seconds: 5,
  wrap_up_seconds: 0,
  no_answer_pause: 3,
  max_waiting: 0,
  max_wait_seconds: 0,
  priority: 0,
  answer: true,
  welcome: "",
  music: "",
  announce: { position: false, wait: false, first_after_seconds: 30, every_seconds: 60 },
  periodic: { prompts: [], every_seconds: 60 },
  report_to_agent: "",
  overflow: {},
  callback: {
    digit: "",
    after_seconds: 60,
    every_seconds: 0,
    other_number: true,
    attempts: 3,
    retry_seconds: 300,
    ring_seconds: 30,
    keep_seconds: 28_800,
  },
  last_agent: { enabled: false, wait_seconds: 30, within_seconds: 604_800 },
  even_volume_by: "calls",
  relax: [],
  service_level_seconds: 20,
  short_abandon_seconds: 5,
};

export function QueuePage() {
  return <Edited kind="queue" form={Form} />;
}

function Form({ stored }: { stored: Seen<"queue"> | null }) {
  const { t } = useTranslation("teams");
  const may = useMay("config.write");
  const editor = useEditor({
    kind: "queue",
    stored,
    initial: NEW,
    back: "teams",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  const folded = {
    times: <Times editor={editor} />,
    announcements: <Announcements editor={editor} />,
    overflows: <Overflows editor={editor} />,
    callback: <Callback editor={editor} />,
  };
  return (
    <EditorFrame
      title={stored ? name : t("newQueue")}
      intro={t("queueIntro")}
      back="teams"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "queue", id: stored.object.id, name } : undefined}
    >
      <NameAndExtension draft={draft} put={put} errorOf={errorOf} />
      <Section title={t("agents")} hint={t("agentsHint")}>
        <Members
          members={draft.agents}
          disabled={!may}
          uses={{
            weight: draft.strategy === "weighted-random",
            level: draft.strategy !== "skills",
            skills: draft.strategy === "skills",
            always: true,
          }}
          made={(user) => ({ user, level: 1, weight: 1, always: true })}
          onChange={(agents) => put({ agents })}
        />
      </Section>
      <Section title={t("how")}>
        <StrategySelect
          value={draft.strategy}
          strategies={STRATEGIES}
          onChange={(strategy) => put({ strategy })}
        />
        <NumberField
          label={t("ringSeconds")}
          hint={t("ringSecondsHint")}
          seconds
          min={3}
          max={180}
          value={draft.ring_seconds}
          error={errorOf("ring_seconds")}
          onChange={(ring_seconds) => put({ ring_seconds })}
        />
      </Section>
      <Accordion variant="contained" multiple>
        {Object.entries(folded).map(([part, content]) => (
          <Accordion.Item key={part} value={part}>
            <Accordion.Control>{t(`part.${part}`)}</Accordion.Control>
            <Accordion.Panel>
              <Stack>{content}</Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </EditorFrame>
  );
}
