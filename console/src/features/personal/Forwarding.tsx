import { Button, Fieldset, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone } from "@/ui/saved";
import { type PersonalSettings, useChangePersonal } from "./personal";
import { CASES, targetOf, wrongTarget } from "./targets";

export interface PartProps {
  user: string;
  settings: PersonalSettings;
  etag: string;
  mayWrite: boolean;
}

/** How long their telephones ring, and where calls go that they do not take. */
export function Forwarding({ user, settings, etag, mayWrite }: PartProps) {
  const { t } = useTranslation("personal");
  const change = useChangePersonal(user);
  const fault = (value: string) => (wrongTarget(value) ? t("targetWrong") : null);
  const form = useForm({
    initialValues: {
      ring_seconds: settings.ring_seconds,
      forward_always: settings.forward_always,
      forward_busy: settings.forward_busy,
      forward_no_answer: settings.forward_no_answer,
      forward_unreachable: settings.forward_unreachable,
    },
    validate: {
      forward_always: fault,
      forward_busy: fault,
      forward_no_answer: fault,
      forward_unreachable: fault,
    },
  });
  const submit = form.onSubmit((values) => {
    const targets = Object.fromEntries(CASES.map((one) => [one, targetOf(values[one])]));
    // By its promise: with the new ETag this form is another one before a callback of its own would be heard.
    change.mutateAsync({ change: { ring_seconds: values.ring_seconds, ...targets }, etag }).then(
      () => notifyDone(t("saved")),
      (error: unknown) => form.setErrors(formErrors(error)),
    );
  });
  return (
    <form onSubmit={submit}>
      <Fieldset variant="unstyled" disabled={!mayWrite}>
        <Stack>
          <ProblemAlert error={change.error} />
          <NumberInput
            label={t("ringSeconds")}
            description={t("ringSecondsHint")}
            min={3}
            max={180}
            allowDecimal={false}
            suffix=" s"
            {...form.getInputProps("ring_seconds")}
          />
          {CASES.map((one) => (
            <TextInput
              key={one}
              label={t(`case.${one}`)}
              description={t(`caseHint.${one}`)}
              placeholder={t("targetExample")}
              inputMode="tel"
              {...form.getInputProps(one)}
            />
          ))}
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
