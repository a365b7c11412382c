import { Alert, Button, FileButton, Group, Progress, Stack, Text } from "@mantine/core";
import { IconMicrophone, IconPlayerStopFilled, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toWav } from "@/audio/decode";
import { useRecorder } from "@/audio/useRecorder";
import { duration, percent } from "@/i18n/format";

interface Props {
  /** A WAV file of one channel, as the exchange takes it: to be listened to, and sent. */
  onSound: (wav: Blob) => void;
  /** Seconds of a recording, after which it stops by itself. */
  longest?: number;
  disabled?: boolean;
}

/** A sound from the microphone, or from a file in whatever format the browser knows. */
export function SoundCapture({ onSound, longest = 600, disabled }: Props) {
  const { t } = useTranslation();
  const recorder = useRecorder(onSound, longest);
  const [reading, setReading] = useState(false);
  const [unreadable, setUnreadable] = useState("");
  const upload = (file: File | null) => {
    if (!file) return;
    setReading(true);
    setUnreadable("");
    toWav(file)
      .then(onSound, () => setUnreadable(file.name))
      .finally(() => setReading(false));
  };
  const recording = recorder.phase === "recording";
  return (
    <Stack gap="xs">
      <Group gap="sm">
        {recording ? (
          <Button color="red" leftSection={<IconPlayerStopFilled size={16} />} onClick={recorder.stop}>
            {t("sound.stop")}
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconMicrophone size={16} />}
            onClick={() => void recorder.start()}
            loading={recorder.phase !== "idle"}
            disabled={disabled ?? false}
          >
            {t("sound.record")}
          </Button>
        )}
        <FileButton onChange={upload} accept="audio/*,.wav,.mp3,.m4a,.ogg,.flac">
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconUpload size={16} />}
              loading={reading}
              disabled={(disabled ?? false) || recorder.phase !== "idle"}
            >
              {t("sound.upload")}
            </Button>
          )}
        </FileButton>
      </Group>
      {recording && (
        <Group gap="sm" wrap="nowrap">
          <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
            {duration(recorder.seconds)}
          </Text>
          <Progress.Root size="lg" style={{ flexGrow: 1 }} maw={320} transitionDuration={80}>
            <Progress.Section
              value={recorder.level * 100}
              color="teal"
              aria-label={t("sound.level")}
              aria-valuetext={percent(recorder.level)}
            />
          </Progress.Root>
        </Group>
      )}
      {recorder.trouble && (
        <Alert color="lamp" role="alert">
          {t(`sound.trouble.${recorder.trouble}`)}
        </Alert>
      )}
      {unreadable && (
        <Alert color="lamp" role="alert">
          {t("sound.unreadable", { name: unreadable })}
        </Alert>
      )}
    </Stack>
  );
}
