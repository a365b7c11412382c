import { Alert, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconBulb } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Finding } from "./api";

const COLORS: Record<string, string> = { error: "red", warning: "lamp", hint: "gray" };

/** What the checker says, the worst first. */
export function FindingList({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation("publication");
  if (findings.length === 0) return <Text c="dimmed">{t("noFindings")}</Text>;
  return (
    <Stack gap="xs">
      {findings.map((one) => (
        <Alert
          key={`${one.kind}/${one.id}/${one.field}/${one.rule}/${one.message}`}
          color={COLORS[one.severity] ?? "gray"}
          icon={one.severity === "hint" ? <IconBulb /> : <IconAlertTriangle />}
          title={`${t(`severity.${one.severity}`)} · ${t(`kind.${one.kind}`, { ns: "common", defaultValue: one.kind })} ${one.id}`}
          p="sm"
        >
          <Text size="sm">{one.message}</Text>
          {one.mend && <Text size="xs">{one.mend}</Text>}
        </Alert>
      ))}
    </Stack>
  );
}
