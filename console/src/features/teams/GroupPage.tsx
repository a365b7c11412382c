import { Accordion, Stack, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Kinds } from "@/api/objects";
import { useMay } from "@/api/session";
import { DestinationSelect } from "@/ui/DestinationSelect";
import { Edited, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { Members } from "./Members";
import { NameAndExtension, NumberField, StrategySelect } from "./Parts";

type Draft = Omit<Kinds["group"], "id" | "kind">;
const STRATEGIES = [
  "all",
  "linear",
  "round-robin",
  "longest-idle",
  "fewest-calls",
  "even-volume",
  "weighted-random",
] as const;
const NEW: Draft = {
  name: "",
  members: [],
  strategy: "all",
  ring_seconds: 20,
  total_seconds: 60,
  skip_busy: true,
  confirm: false,
};

export function GroupPage() {
  return <Edited kind="group" form={Form} />;
}

function Form({ stored }: { stored: Seen<"group"> | null }) {
  const { t } = useTranslation("teams");
  const may = useMay("config.write");
  const editor = useEditor({
    kind: "group",
    stored,
    initial: NEW,
    back: "teams",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  return (
    <EditorFrame
      title={stored ? name : t("newGroup")}
      intro={t("groupIntro")}
      back="teams"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "group", id: stored.object.id, name } : undefined}
    >
      <NameAndExtension draft={draft} put={put} errorOf={errorOf} />
      <Section title={t("who")} hint={t("whoHint")}>
        <Members
          members={draft.members}
          disabled={!may}
          uses={{ weight: draft.strategy === "weighted-random" }}
          made={(user) => ({ user, weight: 1 })}
          onChange={(members) => put({ members })}
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
      <Accordion variant="contained">
        <Accordion.Item value="more">
          <Accordion.Control>{t("more")}</Accordion.Control>
          <Accordion.Panel>
            <Stack>
              <NumberField
                label={t("totalSeconds")}
                seconds
                min={3}
                max={900}
                value={draft.total_seconds}
                error={errorOf("total_seconds")}
                onChange={(total_seconds) => put({ total_seconds })}
              />
              <Switch
                label={t("skipBusy")}
                checked={draft.skip_busy}
                onChange={() => put({ skip_busy: !draft.skip_busy })}
              />
              <Switch
                label={t("confirm")}
                description={t("confirmHint")}
                checked={draft.confirm}
                onChange={() => put({ confirm: !draft.confirm })}
              />
              <DestinationSelect
                label={t("otherwise")}
                description={t("otherwiseHint")}
                error={errorOf("otherwise")}
                value={draft.otherwise ?? ""}
                onChange={(otherwise) => put({ otherwise: otherwise || null })}
              />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </EditorFrame>
  );
}
