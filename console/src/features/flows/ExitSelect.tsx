import { Button, Group, Select } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { exitName, nodeName, type Words } from "./describe";
import { useEditor } from "./editor";
import { insteadOf, type Path } from "./graph";

interface Props {
  id: string;
  path: Path;
  target: string | null;
  label: string;
  words: Words;
  error?: string | undefined;
}

/** Where an exit goes on, for keyboards and telephones: the same as dragging a line. */
export function ExitSelect({ id, path, target, label, words, error }: Props) {
  const { doc, join, may, openPalette } = useEditor();
  const { t } = words;
  const node = doc.nodes[id];
  const instead = node ? insteadOf(node, path) : null;
  const nowhere = node && instead ? t("sameAs", { exit: exitName(node, [instead], words) }) : t("flowEnds");
  const isShare = doc.nodes[id]?.type === "share";
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Select
        style={{ flexGrow: 1, minWidth: 0 }}
        label={label}
        error={error}
        disabled={!may}
        searchable
        clearable={!isShare}
        placeholder={nowhere}
        data={Object.keys(doc.nodes).map((one) => ({ value: one, label: nodeName(doc, one, words) }))}
        value={target !== null && target in doc.nodes ? target : null}
        onChange={(next) => join(id, path, next)}
      />
      {may && target === null && (
        <Button
          variant="light"
          px="xs"
          leftSection={<IconPlus size={16} />}
          onClick={() => openPalette({ id, path })}
          aria-label={t("addStepAfter", { exit: label })}
        >
          {t("addNew")}
        </Button>
      )}
    </Group>
  );
}
