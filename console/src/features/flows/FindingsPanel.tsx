import { Alert, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconBulb, IconCircleCheck } from "@tabler/icons-react";
import type { Finding } from "./api";
import { nodeName, type Words } from "./describe";
import { useEditor } from "./editor";
import { nodeOfField } from "./graph";

export const COLORS: Record<string, string> = { error: "red", warning: "lamp", hint: "gray" };

/** All that the checker says of the flow; each leads to its step. */
export function FindingsPanel({ words, findings }: { words: Words; findings: Finding[] }) {
  const { t } = words;
  const { doc, choose, show } = useEditor();
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("findingsIntro")}
      </Text>
      {findings.length === 0 && (
        <Alert color="teal" icon={<IconCircleCheck />}>
          {t("noFindings")}
        </Alert>
      )}
      {findings.map((one) => {
        const id = nodeOfField(doc, one.field);
        return (
          <UnstyledButton
            key={`${one.rule}/${one.field}/${one.message}`}
            onClick={() => (id === null ? show("settings") : choose(id))}
          >
            <Alert
              color={COLORS[one.severity] ?? "gray"}
              icon={one.severity === "hint" ? <IconBulb /> : <IconAlertTriangle />}
              title={`${t(`severity.${one.severity}`)}${id === null ? "" : ` · ${nodeName(doc, id, words)}`}`}
            >
              <Text size="sm">{one.message}</Text>
              {one.mend && (
                <Text size="xs" mt={4}>
                  {one.mend}
                </Text>
              )}
            </Alert>
          </UnstyledButton>
        );
      })}
    </Stack>
  );
}
