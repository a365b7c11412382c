import { Button, Checkbox, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Action, useMe } from "@/api/session";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useMakeToken } from "./own";

const DAYS = [30, 90, 365] as const;
const DAY = 86_400_000;

/** The instant after which a token is refused; null: never. */
export function expiry(days: string, now: number): string | null {
  return days ? new Date(now + Number(days) * DAY).toISOString() : null;
}

/** What a program is called, what it may do, and for how long. */
export function TokenForm({ onMade }: { onMade: (token: string) => void }) {
  const { t } = useTranslation("account");
  const me = useMe();
  const make = useMakeToken();
  const form = useForm<{ name: string; scopes: Action[]; days: string }>({
    initialValues: { name: "", scopes: [], days: "90" },
    validate: {
      name: (name) => (name.trim() ? null : t("tokenNameMissing")),
      scopes: (scopes) => (scopes.length ? null : t("scopesMissing")),
    },
  });
  const submit = form.onSubmit(({ name, scopes, days }) =>
    make.mutate(
      { name, scopes, expires_at: expiry(days, Date.now()) },
      { onSuccess: ({ token }) => onMade(token), onError: (error) => form.setErrors(formErrors(error)) },
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={make.error} />
        <TextInput
          label={t("tokenName")}
          description={t("tokenNameHint")}
          maxLength={80}
          required
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Checkbox.Group label={t("scopes")} description={t("scopesHint")} {...form.getInputProps("scopes")}>
          <Stack gap={6} mt="xs">
            {me.may.map((action) => (
              <Checkbox key={action} value={action} label={t(`scope.${action}`, { defaultValue: action })} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Select
          label={t("expires")}
          data={[
            ...DAYS.map((days) => ({ value: String(days), label: t("inDays", { count: days }) })),
            { value: "", label: t("noExpiry") },
          ]}
          allowDeselect={false}
          {...form.getInputProps("days")}
        />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            {t("makeToken")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
