import {
  Accordion,
  ActionIcon,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Kinds, useObjects } from "@/api/objects";
import { Edited, type Editor, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { nameOf, ObjectSelect } from "@/ui/ObjectSelect";
import { CLASSES, Scope } from "./Scope";

type Draft = Omit<Kinds["outbound-route"], "id" | "kind">;
const NEW: Draft = {
  name: "",
  order: 100,
  patterns: [],
  classes: [],
  users: [],
  groups: [],
  sites: [],
  emergency: false,
  trunks: [],
  choose: "order",
  fail_over: [408, 480, 500, 502, 503, 504, 580],
  caller_number: "",
};

export function RoutePage() {
  return <Edited kind="outbound-route" form={Form} />;
}

function Form({ stored }: { stored: Seen<"outbound-route"> | null }) {
  const { t } = useTranslation("outbound");
  const editor = useEditor({
    kind: "outbound-route",
    stored,
    initial: NEW,
    back: "outbound",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  const numbers = useObjects("number").data ?? [];
  return (
    <EditorFrame
      title={stored ? name : t("newRoute")}
      intro={t("routeIntro")}
      back="outbound"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "outbound-route", id: stored.object.id, name } : undefined}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <Section title={t("numbers")} hint={t("numbersHint")}>
        <MultiSelect
          label={t("classes")}
          placeholder={draft.classes.length ? "" : t("any")}
          maw={560}
          data={CLASSES.filter((kind) => kind !== "internal").map((kind) => ({
            value: kind,
            label: t(`class.${kind}`),
          }))}
          value={draft.classes}
          onChange={(chosen) => put({ classes: chosen as Draft["classes"] })}
        />
        <TagsInput
          label={t("patterns")}
          description={t("patternsHint")}
          placeholder="+3491*"
          maw={560}
          value={draft.patterns}
          error={errorOf("patterns")}
          onChange={(patterns) => put({ patterns })}
        />
        <Switch
          label={t("emergencyOnly")}
          checked={draft.emergency}
          onChange={() => put({ emergency: !draft.emergency })}
        />
      </Section>
      <Trunks editor={editor} />
      <Select
        label={t("shown")}
        description={t("shownHint")}
        clearable
        clearButtonProps={{ "aria-label": t("shownOwn") }}
        placeholder={t("shownOwn")}
        maw={420}
        data={[...new Set(numbers.map((one) => one.number))]}
        value={draft.caller_number || null}
        error={errorOf("caller_number")}
        onChange={(number) => put({ caller_number: number ?? "" })}
      />
      <Accordion variant="contained">
        <Accordion.Item value="more">
          <Accordion.Control>{t("more")}</Accordion.Control>
          <Accordion.Panel>
            <Stack>
              <Scope draft={draft} put={put} />
              <ObjectSelect
                kind="schedule"
                label={t("schedule")}
                maw={420}
                value={draft.schedule}
                onChange={(schedule) => put({ schedule })}
              />
              <NumberInput
                label={t("order")}
                description={t("orderHint")}
                min={0}
                maw={240}
                allowDecimal={false}
                value={draft.order}
                onChange={(order) => typeof order === "number" && put({ order })}
              />
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </EditorFrame>
  );
}

/** By which trunks it leaves, the first that works. */
function Trunks({ editor: { draft, put, errorOf } }: { editor: Editor<Draft> }) {
  const { t } = useTranslation("outbound");
  const trunks = useObjects("trunk").data ?? [];
  const swap = (at: number, to: number) => {
    const next = [...draft.trunks];
    next.splice(to, 0, ...next.splice(at, 1));
    put({ trunks: next });
  };
  return (
    <Section title={t("trunks")} hint={t("trunksHint")}>
      {draft.trunks.map((way, index) => {
        const trunk = trunks.find((one) => one.id === way.trunk);
        const name = trunk ? nameOf(trunk) : way.trunk;
        return (
          <Group key={way.trunk} gap="xs">
            <Text size="sm" style={{ flex: "0 1 16rem" }}>
              {index + 1}. {name}
            </Text>
            <ActionIcon
              variant="subtle"
              disabled={index === 0}
              aria-label={t("up", { name })}
              onClick={() => swap(index, index - 1)}
            >
              <IconArrowUp size={18} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              disabled={index === draft.trunks.length - 1}
              aria-label={t("down", { name })}
              onClick={() => swap(index, index + 1)}
            >
              <IconArrowDown size={18} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t("takeOut", { name })}
              onClick={() => put({ trunks: draft.trunks.filter((_, at) => at !== index) })}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        );
      })}
      <Select
        aria-label={t("addTrunk")}
        placeholder={trunks.length ? t("addTrunk") : t("noTrunks")}
        disabled={trunks.length === 0}
        maw={360}
        error={errorOf("trunks")}
        data={trunks
          .filter((one) => !draft.trunks.some((way) => way.trunk === one.id))
          .map((one) => ({ value: one.id, label: nameOf(one) }))}
        value={null}
        onChange={(trunk) =>
          trunk && put({ trunks: [...draft.trunks, { trunk, cost: "0", strip: 0, prepend: "" }] })
        }
      />
    </Section>
  );
}
