import {
  Alert,
  Badge,
  Button,
  Divider,
  Group,
  Stack,
  Text,
  TextInput,
  ThemeIcon,
  Title,
} from "@mantine/core";
import { IconCopy, IconFlag, IconTrash } from "@tabler/icons-react";
import type { Finding } from "./api";
import { exitName, titleOf, type Words } from "./describe";
import { ExitSelect } from "./ExitSelect";
import { useEditor } from "./editor";
import { NodeField } from "./fields";
import { exitKey, exitsOf, waysInto } from "./graph";
import { colorOf, FIELDS, ICONS } from "./kinds";

/** The form of the step that is chosen: what it does, and where each of its exits goes on. */
export function StepPanel({ words, findings }: { words: Words; findings: Map<string, Finding[]> }) {
  const { t } = words;
  const editor = useEditor();
  const { doc, chosen, may } = editor;
  const node = chosen === null ? undefined : doc.nodes[chosen];
  if (chosen === null || !node) {
    return (
      <Text c="dimmed" size="sm">
        {t("stepHint")}
      </Text>
    );
  }
  const Icon = ICONS[node.type];
  const own = findings.get(chosen) ?? [];
  const errorAt = (field: string) =>
    own.find((one) => one.field === `nodes.${chosen}.${field}`)?.message ?? undefined;
  const inLists = new Set(["branches", "targets", "choices", "exits"]);
  const plainExits = exitsOf(node).filter((exit) => !inLists.has(String(exit.path[0])));
  return (
    <Stack gap="md" key={chosen}>
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon variant="light" color={colorOf(node.type)} size={40} radius="md">
          <Icon size={22} />
        </ThemeIcon>
        <div style={{ minWidth: 0 }}>
          <Title order={2} size="h5">
            {titleOf(node, words)}
          </Title>
          <Text size="xs" c="dimmed">
            {t(`node.${node.type}.hint`)}
          </Text>
        </div>
      </Group>
      {own.map((one) => (
        <Alert
          key={`${one.rule}${one.field}`}
          color={one.severity === "error" ? "red" : one.severity === "warning" ? "lamp" : "gray"}
          p="xs"
        >
          <Text size="sm">{one.message}</Text>
          {one.mend && (
            <Text size="xs" mt={4}>
              {one.mend}
            </Text>
          )}
        </Alert>
      ))}
      {FIELDS[node.type].map((field) => (
        <NodeField
          key={`${chosen}:${field.name}`}
          id={chosen}
          node={node}
          field={field}
          words={words}
          error={errorAt(field.name)}
          disabled={!may}
          change={(path, value) => editor.change(chosen, path, value)}
        />
      ))}
      <TextInput
        label={t("field.label")}
        description={t("field.labelHint")}
        disabled={!may}
        value={node.label ?? ""}
        onChange={(event) => editor.change(chosen, ["label"], event.currentTarget.value)}
      />
      {plainExits.length > 0 && <Divider label={t("exits")} labelPosition="left" />}
      {plainExits.map((exit) => (
        <ExitSelect
          key={exitKey(exit.path)}
          id={chosen}
          path={exit.path}
          target={exit.target}
          label={exitName(node, exit.path, words)}
          words={words}
        />
      ))}
      <Divider />
      <Group gap="xs">
        {doc.start === chosen ? (
          <Badge variant="light" leftSection={<IconFlag size={12} />}>
            {t("start")}
          </Badge>
        ) : (
          waysInto(doc, chosen).length === 0 && <Badge color="lamp">{t("unreached")}</Badge>
        )}
      </Group>
      {may && <Doings chosen={chosen} words={words} />}
    </Stack>
  );
}

function Doings({ chosen, words }: { chosen: string; words: Words }) {
  const { t } = words;
  const { doc, changeFlow, copy, remove } = useEditor();
  return (
    <Group gap="xs">
      {doc.start !== chosen && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconFlag size={14} />}
          onClick={() => changeFlow({ start: chosen })}
        >
          {t("makeStart")}
        </Button>
      )}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconCopy size={14} />}
        onClick={() => copy(chosen)}
      >
        {t("duplicate")}
      </Button>
      <Button
        size="compact-sm"
        variant="light"
        color="red"
        leftSection={<IconTrash size={14} />}
        disabled={Object.keys(doc.nodes).length === 1}
        onClick={() => remove(chosen)}
      >
        {t("removeStep")}
      </Button>
    </Group>
  );
}
