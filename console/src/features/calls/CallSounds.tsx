import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { AudioPlayer } from "@/ui/AudioPlayer";
import type { Names } from "@/ui/useNames";
import { Section } from "./CallPage";
import type { CallDetail } from "./journey";

interface Props {
  detail: CallDetail;
  names: Names;
  zone: string | undefined;
}

/** What was recorded of the call, and the messages that were left. */
export function CallSounds({ detail, names, zone }: Props) {
  const { t } = useTranslation("calls");
  const tenant = useTenant();
  const hears = useMay("voicemail.read");
  if (detail.recordings.length === 0 && detail.messages.length === 0) return null;
  const base = `/api/v1/tenants/${encodeURIComponent(tenant)}`;
  return (
    <Section title={t("sounds")}>
      <Stack gap="md" mt="sm">
        {detail.recordings.map((one) => (
          <AudioPlayer
            key={one.number}
            label={t("recordingOf", { at: instant(one.at, zone) })}
            source={`${base}/recordings/${encodeURIComponent(detail.id)}/${one.number}`}
            seconds={one.duration}
            download={`${detail.id}-${one.number}.wav`}
          />
        ))}
        {detail.messages.map((one) =>
          hears ? (
            <Stack key={one.message} gap={4}>
              <Text size="sm">{t("line.message", { who: names.user(one.user), seconds: "" })}</Text>
              <AudioPlayer
                label={t("messageFor", { who: names.user(one.user) })}
                source={`${base}/voicemail/${encodeURIComponent(one.user)}/${encodeURIComponent(one.message)}/audio`}
                seconds={one.duration}
                download={`${one.message}.wav`}
              />
            </Stack>
          ) : (
            <Text key={one.message} size="sm">
              {t("messageHidden", { who: names.user(one.user) })}
            </Text>
          ),
        )}
      </Stack>
    </Section>
  );
}
