import { Button, Checkbox, Group, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { EVENTS, eventKey, type WebhookFields } from "./webhooks";

interface Props {
  initial: WebhookFields;
  submitLabel: string;
  onSubmit: (fields: WebhookFields) => Promise<unknown>;
  error: unknown;
  pending: boolean;
}

/** Where to, and of what. */
export function WebhookForm({ initial, submitLabel, onSubmit, error, pending }: Props) {
  const { t } = useTranslation("settings");
  const form = useForm<WebhookFields>({
    initialValues: initial,
    validate: {
      url: (url) => (/^https?:\/\/[^\s/]+/.test(url.trim()) ? null : t("hook.urlWrong")),
      events: (events) => (events.length > 0 ? null : t("hook.noEvents")),
    },
  });
  const submit = form.onSubmit((values) =>
    onSubmit({ ...values, url: values.url.trim(), name: values.name.trim() }).catch((problem: unknown) =>
      form.setErrors(formErrors(problem)),
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={error} />
        <TextInput
          label={t("name", { ns: "common" })}
          description={t("hook.nameHint")}
          autoComplete="off"
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("hook.url")}
          description={t("hook.urlHint")}
          placeholder="https://crm.example.com/centralita"
          type="url"
          required
          {...form.getInputProps("url")}
        />
        <Checkbox.Group
          label={t("hook.events")}
          description={t("hook.eventsHint")}
          required
          {...form.getInputProps("events")}
        >
          <Stack gap="xs" mt="xs">
            {EVENTS.map((event) => (
              <Checkbox
                key={event}
                value={event}
                label={t(`event.${eventKey(event)}`)}
                description={t(`eventHint.${eventKey(event)}`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Switch
          label={t("hook.enabled")}
          description={t("hook.enabledHint")}
          {...form.getInputProps("enabled", { type: "checkbox" })}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
