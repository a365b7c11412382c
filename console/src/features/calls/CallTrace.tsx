import { Box, Button, Collapse, List, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { Names } from "@/ui/useNames";
import type { CallDetail } from "./journey";

type Line = CallDetail["trace"][number];

interface Props {
  detail: CallDetail;
  names: Names;
}

/** What the exchange decided, and why; folded, what it looked at and passed over. */
export function CallTrace({ detail, names }: Props) {
  const { t } = useTranslation("calls");
  if (detail.trace.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noTrace")}
      </Text>
    );
  }
  return (
    <Stack component="ol" gap="md" m={0} pl="lg">
      {detail.trace.map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: decisions do not change places
        <Decision key={place} line={line} names={names} />
      ))}
    </Stack>
  );
}

function Decision({ line, names }: { line: Line; names: Names }) {
  const { t } = useTranslation("calls");
  const [opened, { toggle }] = useDisclosure(false);
  const node = line.node ? line.node.split("/") : [];
  return (
    <Box component="li">
      <Text size="sm" fw={600}>
        {line.target ? `→ ${names.target(line.target)}` : line.rule}
      </Text>
      <Text size="sm">{line.reason}</Text>
      {node.length > 1 && (
        <Text size="xs" c="dimmed">
          {t("inFlow", { flow: names.flow(node[0] ?? ""), node: node.slice(1).join("/") })}
        </Text>
      )}
      {line.passed.length > 0 && (
        <>
          <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={opened} px={0}>
            {t("passed", { count: line.passed.length })}
          </Button>
          <Collapse expanded={opened}>
            <List size="xs" c="dimmed">
              {line.passed.map((text) => (
                <List.Item key={text}>{text}</List.Item>
              ))}
            </List>
          </Collapse>
        </>
      )}
    </Box>
  );
}
