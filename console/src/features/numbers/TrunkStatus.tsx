import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNow } from "@/api/board";
import { relative } from "@/i18n/format";
import { Status } from "@/ui/Status";
import { failureOf, type LiveTrunk, toneOf } from "./trunkState";

/** How a trunk is now, since when, and why where it cannot be used. */
export function TrunkStatus({ trunk }: { trunk: LiveTrunk | undefined }) {
  const { t } = useTranslation("numbers");
  const now = useNow();
  if (!trunk) return <Status tone="waiting">{t("states.untold")}</Status>;
  const failure = failureOf(trunk);
  return (
    <Stack gap={2}>
      <Status tone={toneOf(trunk.state)}>{t(`states.${trunk.state}`, { defaultValue: trunk.state })}</Status>
      {failure && (
        <Text size="sm" maw="28rem">
          {t(`failure.${failure.code}`)}
          {failure.answer && (
            <Text span size="xs" c="dimmed">
              {` (${failure.answer})`}
            </Text>
          )}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {t("since", { when: relative(trunk.since, now) })}
      </Text>
    </Stack>
  );
}
