import { Button, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchRaw } from "@/api/client";
import type { Stored } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { AudioPlayer } from "@/ui/AudioPlayer";
import { Section } from "@/ui/editor";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SoundCapture } from "@/ui/SoundCapture";
import { type PromptDraft, type Spoken, soundUrl } from "./savePrompt";

interface Props {
  language: Spoken;
  draft: PromptDraft;
  put: (fields: Partial<PromptDraft>) => void;
  stored: Stored<"prompt"> | null;
}

/** What a prompt says in one language: a text that is spoken, or a recording. */
export function Voice({ language, draft, put, stored }: Props) {
  const { t } = useTranslation("sounds");
  const source = draft.source[language];
  return (
    <Section
      title={t(`language.${language}`)}
      actions={
        <SegmentedControl
          aria-label={`${t("how")}: ${t(`language.${language}`)}`}
          data={[
            { value: "text", label: t("fromText") },
            { value: "recording", label: t("fromRecording") },
          ]}
          value={source}
          onChange={(next) => put({ source: { ...draft.source, [language]: next as typeof source } })}
        />
      }
    >
      {source === "text" ? (
        <FromText language={language} draft={draft} put={put} />
      ) : (
        <FromRecording language={language} draft={draft} put={put} stored={stored} />
      )}
    </Section>
  );
}

function FromText({ language, draft, put }: Omit<Props, "stored">) {
  const { t } = useTranslation("sounds");
  const tenant = useTenant();
  const may = useMay("config.write");
  const text = draft.text[language] ?? "";
  const [heard, setHeard] = useState<{ text: string; sound: Blob } | null>(null);
  const speech = useMutation({
    mutationFn: async (wanted: string) => {
      const response = await fetchRaw(`/api/v1/tenants/${encodeURIComponent(tenant)}/speech`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ language, text: wanted }),
      });
      return { text: wanted, sound: await response.blob() };
    },
    onSuccess: setHeard,
  });
  return (
    <Stack gap="sm">
      <Textarea
        label={t("text")}
        description={t("textHint")}
        lang={language}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={4000}
        value={text}
        onChange={(event) => put({ text: { ...draft.text, [language]: event.currentTarget.value } })}
      />
      {may && (
        <Group>
          <Button
            variant="light"
            leftSection={<IconVolume size={18} />}
            disabled={!text.trim()}
            loading={speech.isPending}
            onClick={() => speech.mutate(text)}
          >
            {t("hear")}
          </Button>
          {heard && heard.text !== text && (
            <Text size="sm" c="dimmed">
              {t("changedSince")}
            </Text>
          )}
        </Group>
      )}
      <ProblemAlert error={speech.error} />
      {heard && <AudioPlayer label={t("preview")} source={heard.sound} />}
    </Stack>
  );
}

function FromRecording({ language, draft, put, stored }: Props) {
  const { t } = useTranslation("sounds");
  const tenant = useTenant();
  const may = useMay("config.write");
  const fresh = draft.fresh[language];
  const kept = stored?.recording?.[language];
  const drop = () => {
    const { [language]: _dropped, ...others } = draft.fresh;
    put({ fresh: others });
  };
  return (
    <Stack gap="sm">
      {fresh ? (
        <>
          <AudioPlayer label={t("freshSound")} source={fresh} />
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {t("freshHint")}
            </Text>
            <Button size="compact-sm" variant="subtle" onClick={drop}>
              {t("drop")}
            </Button>
          </Group>
        </>
      ) : kept && stored ? (
        // The digest is there for the browser's own store: another recording is another address.
        <AudioPlayer
          label={t("keptSound")}
          source={`${soundUrl(tenant, stored.id, language)}?sound=${kept.slice(0, 12)}`}
          download={`${stored.id}-${language}.wav`}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t("noRecording")}
        </Text>
      )}
      {may && <SoundCapture onSound={(sound) => put({ fresh: { ...draft.fresh, [language]: sound } })} />}
    </Stack>
  );
}
