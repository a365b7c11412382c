import { Button, Group, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { notifyDone } from "@/ui/saved";
import { usePasswordChange } from "./own";

const SHORTEST = 10;

/** Another password; all other sessions end with it. */
export function Password() {
  const { t } = useTranslation("account");
  const me = useMe();
  const change = usePasswordChange();
  const form = useForm({
    initialValues: { current: "", wanted: "", again: "" },
    validate: {
      current: (current) => (current ? null : t("passwordMissing")),
      wanted: (wanted) => (wanted.length < SHORTEST ? t("passwordShort", { count: SHORTEST }) : null),
      again: (again, { wanted }) => (again === wanted ? null : t("passwordsDiffer")),
    },
  });
  const submit = form.onSubmit(({ current, wanted }) =>
    change.mutate(
      { current, new: wanted },
      {
        onSuccess: () => {
          form.reset();
          notifyDone(t("passwordSaved"));
        },
        onError: (error) => {
          const { new: wrong, ...others } = formErrors(error);
          form.setErrors({ ...others, ...(wrong ? { wanted: wrong } : {}) });
        },
      },
    ),
  );
  return (
    <Section title={t("password")} hint={t("passwordHint")}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <ProblemAlert error={change.error} />
          <input type="text" name="username" autoComplete="username" value={me.login} readOnly hidden />
          <PasswordInput
            label={t("currentPassword")}
            autoComplete="current-password"
            required
            {...form.getInputProps("current")}
          />
          <PasswordInput
            label={t("newPassword")}
            description={t("newPasswordHint")}
            autoComplete="new-password"
            required
            {...form.getInputProps("wanted")}
          />
          <PasswordInput
            label={t("newPasswordAgain")}
            autoComplete="new-password"
            required
            {...form.getInputProps("again")}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending}>
              {t("changePassword")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
