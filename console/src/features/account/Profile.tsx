import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { type Language, speak } from "@/i18n";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { notifyDone } from "@/ui/saved";
import { useProfileChange } from "./own";

/** What I am called, and which language I am written to in. */
export function Profile() {
  const { t } = useTranslation("account");
  const me = useMe();
  const change = useProfileChange();
  const language: Language = me.language === "en" ? "en" : "es";
  const form = useForm<{ name: string; language: Language }>({ initialValues: { name: me.name, language } });
  const submit = form.onSubmit((values) =>
    change.mutate(values, {
      onSuccess: () => {
        form.resetDirty(values);
        void speak(values.language).then(() => notifyDone(t("profileSaved")));
      },
      onError: (error) => form.setErrors(formErrors(error)),
    }),
  );
  return (
    <Section title={t("profile")}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={change.error} />
          <TextInput
            label={t("name", { ns: "common" })}
            autoComplete="name"
            maxLength={80}
            {...form.getInputProps("name")}
          />
          <Select
            label={t("language")}
            description={t("languageHint")}
            data={[
              { value: "es", label: "Español" },
              { value: "en", label: "English" },
            ]}
            allowDeselect={false}
            {...form.getInputProps("language")}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
              {t("save", { ns: "common" })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
