import { Badge, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";

const COLOUR: Record<string, string> = {
  answered: "teal",
  voicemail: "blue",
  service: "blue",
  callback: "blue",
  "no-answer": "orange",
  busy: "orange",
  abandoned: "orange",
  unreachable: "orange",
  rejected: "red",
  failed: "red",
  overflow: "red",
  lost: "red",
};

/** How a call ended, in a word; what the word means is told too. */
export function OutcomeBadge({ outcome }: { outcome: string }) {
  const { t } = useTranslation("callwords");
  return (
    <Tooltip label={t(`outcomeHint.${outcome}`)} multiline maw={320}>
      <Badge variant="dot" color={COLOUR[outcome] ?? "gray"} tt="none" fw={500}>
        {t(`outcome.${outcome}`, { defaultValue: outcome })}
      </Badge>
    </Tooltip>
  );
}
