import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchRaw } from "@/api/client";
import { useChange, useCreate, useObject } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { AudioPlayer } from "@/ui/AudioPlayer";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SoundCapture } from "@/ui/SoundCapture";
import { useSaved } from "@/ui/saved";
import { alone } from "./alone";
import type { MakeProps } from "./ChosenObject";

type Language = "es" | "en";
interface Values {
  name: string;
  language: Language;
  text: string;
}

/** A prompt: a text that is spoken, or a sound recorded here or uploaded. */
export function MakePrompt(props: MakeProps) {
  const { t } = useTranslation("flows");
  const before = useObject("prompt", props.edited ?? undefined);
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={props.edited ? t("edit", { name: t("kind.prompt", { ns: "common" }) }) : t("makePrompt")}
    >
      {props.edited ? (
        <Loaded query={before}>
          {({ object }) => <PromptForm {...props} name={object.name} texts={object.text ?? {}} />}
        </Loaded>
      ) : (
        <PromptForm {...props} name="" texts={{}} />
      )}
    </Modal>
  );
}

interface FormProps extends MakeProps {
  name: string;
  texts: Partial<Record<Language, string>>;
}

function PromptForm({ edited, made, close, name, texts }: FormProps) {
  const { t, i18n } = useTranslation("flows");
  const tenant = useTenant();
  const create = useCreate("prompt");
  const change = useChange("prompt");
  const saved = useSaved();
  const [sound, setSound] = useState<Blob | null>(null);
  const first: Language = "es" in texts || !("en" in texts) ? "es" : "en";
  const form = useForm<Values>({
    initialValues: { name, language: edited ? first : (i18n.language as Language), text: texts[first] ?? "" },
    validate: { name: (value) => (value.trim() ? null : t("nothingChosen")) },
  });
  const save = useMutation({
    mutationFn: async (values: Values) => {
      const text = { ...texts, ...(values.text.trim() ? { [values.language]: values.text.trim() } : {}) };
      const outcome = edited
        ? await change.mutateAsync({ id: edited, fields: { name: values.name, text } })
        : await create.mutateAsync({ name: values.name, text });
      const id = outcome.object.id;
      if (sound) {
        const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/prompts/${encodeURIComponent(id)}`;
        await fetchRaw(`${path}/sounds/${values.language}`, {
          method: "PUT",
          headers: { "Content-Type": "audio/wav" },
          body: sound,
        });
      }
      return outcome;
    },
    onSuccess: (outcome) => {
      saved(outcome);
      made(outcome.object.id);
      close();
    },
    onError: (error) => form.setErrors(formErrors(error)),
  });
  return (
    <form onSubmit={alone(form.onSubmit((values) => save.mutate(values)))}>
      <Stack>
        <ProblemAlert error={save.error} />
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        <Select
          label={t("promptLanguage")}
          allowDeselect={false}
          data={["es", "en"].map((one) => ({ value: one, label: t(`option.language.${one}`) }))}
          {...form.getInputProps("language")}
          onChange={(next) => {
            const language = (next ?? "es") as Language;
            form.setValues({ language, text: texts[language] ?? "" });
          }}
        />
        <Textarea
          label={t("promptText")}
          description={t("promptTextHint")}
          autosize
          minRows={3}
          {...form.getInputProps("text")}
        />
        <div>
          <Text size="sm" fw={500} mb={4}>
            {t("promptSound")}
          </Text>
          <SoundCapture onSound={setSound} longest={300} disabled={save.isPending} />
          {sound && <AudioPlayer label={t("promptSound")} source={sound} />}
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel", { ns: "common" })}
          </Button>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={!sound && !form.values.text.trim() && !edited}
          >
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
