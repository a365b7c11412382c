import { Badge, Box, Button, Drawer, Group, Paper, SegmentedControl, Tabs, Tooltip } from "@mantine/core";
import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconDeviceFloppy, IconPlus } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useObject } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { type Finding, useDraftFindings, useSaveFlow } from "./api";
import { Canvas } from "./Canvas";
import { EditorContext, type Side, useEditor, useEditorState } from "./editor";
import { FindingsPanel } from "./FindingsPanel";
import classes from "./FlowPage.module.css";
import { FlowSettings } from "./FlowSettings";
import { type FlowDoc, nodeOfField } from "./graph";
import { LeaveGuard } from "./LeaveGuard";
import { useWords } from "./names";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { StepPanel } from "./StepPanel";
import { TryPanel } from "./TryPanel";
import { useSettled } from "./useSettled";

/** The editor of one call flow. */
export function FlowPage() {
  const { id } = useParams({ strict: false });
  const query = useObject("flow", id);
  return (
    <Loaded query={query}>
      {({ object, etag }) => <FlowEditor key={object.id} initial={object} etag={etag} />}
    </Loaded>
  );
}

function FlowEditor({ initial, etag }: { initial: FlowDoc; etag: string }) {
  const { t } = useTranslation("flows");
  const tenant = useTenant();
  const may = useMay("config.write");
  const editor = useEditorState(initial, may);
  const save = useSaving(editor.doc, etag, editor.saved);
  useHotkeys([
    ["mod+Z", editor.undo],
    ["mod+shift+Z", editor.redo],
    ["mod+Y", editor.redo],
    ["mod+S", () => may && editor.dirty && save.run(false)],
  ]);
  return (
    <EditorContext.Provider value={editor}>
      <Page
        title={editor.doc.name || editor.doc.id}
        intro={
          <LinkTo to="/t/$tenant/flows" params={{ tenant }} size="sm">
            {t("goBack")}
          </LinkTo>
        }
        actions={<Actions save={save} />}
      >
        <ProblemAlert error={save.error} />
        {save.error !== null && (
          <Group>
            <Button variant="light" onClick={() => save.run(true)} loading={save.pending}>
              {t("saveDraft")}
            </Button>
            <span>{t("saveDraftHint")}</span>
          </Group>
        )}
        <Workbench />
      </Page>
      <LeaveGuard dirty={editor.dirty} />
    </EditorContext.Provider>
  );
}

interface Saving {
  run: (draft: boolean) => void;
  pending: boolean;
  error: unknown;
}

function useSaving(doc: FlowDoc, etag: string, done: (doc: FlowDoc) => void): Saving {
  const [tag, setTag] = useState(etag);
  const save = useSaveFlow();
  const saved = useSaved();
  return {
    run: (draft) =>
      save.mutate(
        { doc, etag: draft ? "" : tag, draft },
        {
          onSuccess: (answer) => {
            setTag(answer.etag);
            done(doc);
            saved(answer.changed);
          },
        },
      ),
    pending: save.isPending,
    error: save.error,
  };
}

function Actions({ save }: { save: Saving }) {
  const { t } = useTranslation("flows");
  const editor = useEditor();
  if (!editor.may) return null;
  return (
    <>
      {editor.dirty && (
        <Badge variant="dot" color="lamp" size="lg">
          {t("unsaved")}
        </Badge>
      )}
      <Button.Group>
        <Tooltip label={t("undoStep")}>
          <Button
            variant="default"
            px="sm"
            aria-label={t("undoStep")}
            disabled={!editor.canUndo}
            onClick={editor.undo}
          >
            <IconArrowBackUp size={18} />
          </Button>
        </Tooltip>
        <Tooltip label={t("redo")}>
          <Button
            variant="default"
            px="sm"
            aria-label={t("redo")}
            disabled={!editor.canRedo}
            onClick={editor.redo}
          >
            <IconArrowForwardUp size={18} />
          </Button>
        </Tooltip>
      </Button.Group>
      <Button variant="light" leftSection={<IconPlus size={16} />} onClick={() => editor.openPalette(true)}>
        {t("addStep")}
      </Button>
      <Button
        leftSection={<IconDeviceFloppy size={16} />}
        disabled={!editor.dirty}
        loading={save.pending}
        onClick={() => save.run(false)}
      >
        {t("save")}
      </Button>
    </>
  );
}

/** The graph or its list, and the panel beside it; on a telephone the panel comes up from below. */
function Workbench() {
  const { t } = useTranslation("flows");
  const editor = useEditor();
  const words = useWords();
  const narrow = useMediaQuery("(max-width: 75em)", false, { getInitialValueInEffect: false });
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const [view, setView] = useState<"graph" | "outline">(phone ? "outline" : "graph");
  const [panel, setPanel] = useState(false);
  const settled = useSettled(editor.doc, 400);
  const { data: findings = [] } = useDraftFindings(settled);
  const byNode = useMemo(() => groupedByNode(findings, editor.doc), [findings, editor.doc]);
  useEffect(() => {
    if (editor.chosen !== null) setPanel(true);
  }, [editor.chosen]);
  const side = <SidePanel words={words} findings={findings} byNode={byNode} />;
  return (
    <>
      <Group justify="space-between">
        <SegmentedControl
          aria-label={t("view")}
          data={[
            { value: "graph", label: t("graph") },
            { value: "outline", label: t("outline") },
          ]}
          value={view}
          onChange={(next) => setView(next as "graph" | "outline")}
        />
        {narrow && (
          <Button variant="default" onClick={() => setPanel(true)}>
            {t("panel")}
          </Button>
        )}
      </Group>
      <Box className={classes.bench}>
        <Box className={view === "graph" ? classes.graph : classes.list}>
          {view === "graph" ? (
            <Canvas words={words} findings={byNode} />
          ) : (
            <Outline words={words} findings={byNode} />
          )}
        </Box>
        {!narrow && (
          <Paper withBorder className={classes.side} component="aside" aria-label={t("panel")}>
            {side}
          </Paper>
        )}
      </Box>
      {narrow && (
        <Drawer
          opened={panel}
          onClose={() => {
            setPanel(false);
            editor.choose(null);
          }}
          position={phone ? "bottom" : "right"}
          size={phone ? "85%" : "md"}
          title={t("panel")}
        >
          {side}
        </Drawer>
      )}
      <Palette words={words} />
    </>
  );
}

interface SideProps {
  words: ReturnType<typeof useWords>;
  findings: Finding[];
  byNode: Map<string, Finding[]>;
}

function SidePanel({ words, findings, byNode }: SideProps) {
  const { t } = words;
  const { side, show } = useEditor();
  const serious = findings.filter((one) => one.severity !== "hint").length;
  return (
    <Tabs value={side} onChange={(next) => next && show(next as Side)} keepMounted={false}>
      <Tabs.List grow mb="md">
        <Tabs.Tab value="step">{t("step")}</Tabs.Tab>
        <Tabs.Tab value="try">{t("try.title")}</Tabs.Tab>
        <Tabs.Tab
          value="findings"
          rightSection={
            serious > 0 ? (
              <Badge size="xs" circle color="red" variant="filled">
                {serious}
              </Badge>
            ) : undefined
          }
        >
          {t("findings")}
        </Tabs.Tab>
        <Tabs.Tab value="settings">{t("settingsTab")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="step">
        <StepPanel words={words} findings={byNode} />
      </Tabs.Panel>
      <Tabs.Panel value="try">
        <TryPanel words={words} />
      </Tabs.Panel>
      <Tabs.Panel value="findings">
        <FindingsPanel words={words} findings={findings} />
      </Tabs.Panel>
      <Tabs.Panel value="settings">
        <FlowSettings />
      </Tabs.Panel>
    </Tabs>
  );
}

function groupedByNode(findings: Finding[], doc: FlowDoc): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const one of findings) {
    const id = nodeOfField(doc, one.field);
    if (id !== null) found.set(id, [...(found.get(id) ?? []), one]);
  }
  return found;
}
