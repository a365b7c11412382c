import { Button, Fieldset, Group, NumberInput, PasswordInput, Stack, Switch, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone, notifyProblem } from "@/ui/saved";
import type { PartProps } from "./Forwarding";
import { useChangePersonal } from "./personal";

/** Whether callers can leave a message, and how its owner gets it. */
export function Voicemail({ user, settings, etag, mayWrite }: PartProps) {
  const { t } = useTranslation("personal");
  const change = useChangePersonal(user);
  const { voicemail } = settings;
  const form = useForm({
    initialValues: {
      enabled: voicemail.enabled,
      mail: voicemail.mail,
      delete_after_mail: voicemail.delete_after_mail,
      max_seconds: voicemail.max_seconds,
      pin: "",
    },
    validate: { pin: (pin) => (/^(\d{4,10})?$/.test(pin) ? null : t("pinWrong")) },
  });
  const submit = form.onSubmit(({ pin, ...others }) =>
    // By its promise: with the new ETag this form is another one before a callback of its own would be heard.
    change.mutateAsync({ change: { voicemail: { ...others, ...(pin ? { pin } : {}) } }, etag }).then(
      () => notifyDone(t("saved")),
      (error: unknown) => {
        const errors = Object.entries(formErrors(error));
        form.setErrors(
          Object.fromEntries(errors.map(([field, text]) => [field.replace(/^voicemail\./, ""), text])),
        );
      },
    ),
  );
  const dropPin = () =>
    change
      .mutateAsync({ change: { voicemail: { pin: "" } }, etag })
      .then(() => notifyDone(t("pinDropped")), notifyProblem);
  return (
    <form onSubmit={submit}>
      <Fieldset variant="unstyled" disabled={!mayWrite}>
        <Stack>
          <ProblemAlert error={change.error} />
          <Switch
            label={t("voicemailEnabled")}
            description={t("voicemailEnabledHint")}
            {...form.getInputProps("enabled", { type: "checkbox" })}
          />
          {form.values.enabled && (
            <>
              <Switch
                label={t("voicemailMail")}
                description={t("voicemailMailHint")}
                {...form.getInputProps("mail", { type: "checkbox" })}
              />
              {form.values.mail && (
                <Switch
                  label={t("deleteAfterMail")}
                  description={t("deleteAfterMailHint")}
                  {...form.getInputProps("delete_after_mail", { type: "checkbox" })}
                />
              )}
              <NumberInput
                label={t("maxSeconds")}
                min={5}
                max={900}
                allowDecimal={false}
                suffix=" s"
                {...form.getInputProps("max_seconds")}
              />
              <PasswordInput
                label={t(voicemail.has_pin ? "newPin" : "pin")}
                description={t("pinHint")}
                inputMode="numeric"
                autoComplete="new-password"
                maxLength={10}
                {...form.getInputProps("pin")}
              />
              {voicemail.has_pin && (
                <Group gap="xs">
                  <Text size="sm" c="dimmed">
                    {t("hasPin")}
                  </Text>
                  {mayWrite && (
                    <Button variant="subtle" size="compact-sm" color="red" onClick={dropPin}>
                      {t("dropPin")}
                    </Button>
                  )}
                </Group>
              )}
            </>
          )}
          {mayWrite && (
            <Group justify="flex-end">
              <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
                {t("save", { ns: "common" })}
              </Button>
            </Group>
          )}
        </Stack>
      </Fieldset>
    </form>
  );
}
