import { Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { TestResult } from "./api";

/** Routing tests with what came of them; those that do not pass first. */
export function TestList({
  results,
  actions,
}: {
  results: TestResult[];
  actions?: (id: string) => ReactNode;
}) {
  const { t } = useTranslation("publication");
  if (results.length === 0) return <Text c="dimmed">{t("noTests")}</Text>;
  const sorted = [...results].sort((a, b) => Number(a.passed) - Number(b.passed));
  return (
    <Stack gap="xs" role="list" aria-label={t("tests")}>
      {sorted.map((one) => (
        <Paper key={one.id} withBorder p="sm" role="listitem">
          <Group justify="space-between" gap="sm">
            <div style={{ flex: "1 1 16rem", minWidth: 0 }}>
              <Text size="sm" fw={600}>
                {one.name || one.id}
              </Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {one.passed ? t("endsAt", { place: one.got }) : t("shouldEnd", one)}
              </Text>
              {!one.passed &&
                one.difference.map((line) => (
                  <Text size="xs" key={line}>
                    {line}
                  </Text>
                ))}
            </div>
            <Group gap="xs">
              <Badge
                variant="light"
                tt="none"
                color={one.passed ? "teal" : "red"}
                leftSection={one.passed ? <IconCircleCheck size={14} /> : <IconCircleX size={14} />}
              >
                {t(one.passed ? "passes" : "fails")}
              </Badge>
              {actions?.(one.id)}
            </Group>
          </Group>
        </Paper>
      ))}
    </Stack>
  );
}
