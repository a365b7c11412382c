import { Box, Button, Group, Paper, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAlertTriangle, IconFlag, IconPencil, IconPlus } from "@tabler/icons-react";
import type { Finding } from "./api";
import { exitName, nodeName, summaryOf, titleOf, type Words } from "./describe";
import { useEditor } from "./editor";
import { exitKey, exitsOf, inOrder, insteadOf, type Path } from "./graph";
import { colorOf, ICONS } from "./kinds";

/** The graph told as a list: for screen readers, telephones, and whoever reads faster than they look. */
export function Outline({ words, findings }: { words: Words; findings: Map<string, Finding[]> }) {
  const { t } = words;
  const { doc } = useEditor();
  return (
    <Stack gap="xs" role="list" aria-label={t("outlineOf", { name: doc.name || doc.id })}>
      {inOrder(doc).map(({ id, depth, reached }) => (
        <Box key={id} role="listitem" ml={{ base: Math.min(depth, 3) * 6, sm: Math.min(depth, 8) * 20 }}>
          <Step id={id} reached={reached} words={words} findings={findings.get(id) ?? []} />
        </Box>
      ))}
    </Stack>
  );
}

interface StepProps {
  id: string;
  reached: boolean;
  words: Words;
  findings: Finding[];
}

function Step({ id, reached, words, findings }: StepProps) {
  const { t } = words;
  const { doc, chosen, choose, may, openPalette, tried } = useEditor();
  const node = doc.nodes[id];
  if (!node) return null;
  const Icon = ICONS[node.type];
  const passed = tried?.result.way.includes(`${doc.id}/${id}`);
  const worst = findings[0];
  const nowhere = (path: Path) => {
    const instead = insteadOf(node, path);
    return instead ? t("sameAs", { exit: exitName(node, [instead], words) }) : t("flowEnds");
  };
  return (
    <Paper
      withBorder
      p="sm"
      style={{
        ...(chosen === id ? { borderColor: "var(--mantine-primary-color-filled)" } : {}),
        ...(passed ? { borderInlineStart: "4px solid var(--mantine-color-teal-6)" } : {}),
      }}
    >
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
          <ThemeIcon variant="light" color={colorOf(node.type)} size={34}>
            <Icon size={19} />
          </ThemeIcon>
          <div style={{ minWidth: 0 }}>
            <Text fw={600} size="sm">
              {titleOf(node, words)}
            </Text>
            <Text size="xs" c="dimmed">
              {summaryOf(node, words)}
            </Text>
          </div>
        </Group>
        <Button
          size="compact-sm"
          variant={chosen === id ? "filled" : "default"}
          leftSection={<IconPencil size={14} />}
          aria-label={`${t("edit", { name: nodeName(doc, id, words) })}`}
          onClick={() => choose(id)}
        >
          {t(may ? "change" : "look", { ns: may ? "common" : "flows" })}
        </Button>
      </Group>
      <Group gap="md" mt={4}>
        {doc.start === id && <Note icon={IconFlag}>{t("start")}</Note>}
        {!reached && <Note icon={IconAlertTriangle}>{t("unreached")}</Note>}
        {worst && <Note icon={IconAlertTriangle}>{worst.message}</Note>}
        {passed && <Note icon={IconFlag}>{t("try.passedHere")}</Note>}
      </Group>
      <Stack gap={2} mt={6}>
        {exitsOf(node).map((exit) => {
          const label = exitName(node, exit.path, words);
          return (
            <Group key={exitKey(exit.path)} gap={6}>
              <Text size="sm">{label} →</Text>
              {exit.target ? (
                <Button size="compact-xs" variant="subtle" onClick={() => choose(exit.target)}>
                  {nodeName(doc, exit.target, words)}
                </Button>
              ) : (
                <Text size="sm" c="dimmed">
                  {nowhere(exit.path)}
                </Text>
              )}
              {!exit.target && may && (
                <Button
                  size="compact-xs"
                  variant="subtle"
                  leftSection={<IconPlus size={12} />}
                  aria-label={t("addStepAfter", { exit: label })}
                  onClick={() => openPalette({ id, path: exit.path })}
                >
                  {t("addNew")}
                </Button>
              )}
            </Group>
          );
        })}
      </Stack>
    </Paper>
  );
}

function Note({ icon: Icon, children }: { icon: typeof IconFlag; children: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <Icon size={14} aria-hidden style={{ flexShrink: 0 }} />
      <Text size="xs">{children}</Text>
    </Group>
  );
}
