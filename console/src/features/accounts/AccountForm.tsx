import { Button, Group, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { nameOf, ObjectSelect } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { COMPANY_ROLES, type Role } from "./accounts";

export interface AccountValues {
  login: string;
  name: string;
  role: Role;
  user: string;
  queues: string[];
  language: "es" | "en";
}

interface Props {
  initial: AccountValues;
  /** Whether the role may be changed: nobody takes their own rights away. */
  roleFixed?: boolean;
  /** Whose account it is stands already. */
  userFixed?: boolean;
  submitLabel: string;
  onSubmit: (values: AccountValues) => Promise<unknown>;
  error: unknown;
  pending: boolean;
}

/** An account of a company: who signs in, and what they may do. */
export function AccountForm({
  initial,
  roleFixed = false,
  userFixed = false,
  submitLabel,
  onSubmit,
  error,
  pending,
}: Props) {
  const { t } = useTranslation("accounts");
  const form = useForm<AccountValues>({
    initialValues: initial,
    validate: { login: (login) => (/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(login.trim()) ? null : t("loginWrong")) },
  });
  const submit = form.onSubmit((values) => {
    const queues = values.role === "supervisor" ? values.queues : [];
    onSubmit({ ...values, login: values.login.trim(), queues }).catch((problem: unknown) =>
      form.setErrors(formErrors(problem)),
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={error} />
        <TextInput
          label={t("login")}
          description={t("loginHint")}
          type="email"
          autoComplete="off"
          required
          {...form.getInputProps("login")}
        />
        <TextInput label={t("name", { ns: "common" })} autoComplete="off" {...form.getInputProps("name")} />
        <Select
          label={t("role")}
          description={t(`roleHint.${form.values.role}`)}
          data={COMPANY_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
          allowDeselect={false}
          disabled={roleFixed}
          {...form.getInputProps("role")}
        />
        {form.values.role === "supervisor" && (
          <Queues value={form.values.queues} onChange={(queues) => form.setFieldValue("queues", queues)} />
        )}
        {!userFixed && (
          <ObjectSelect
            kind="user"
            label={t("user")}
            description={t("userHint")}
            value={form.values.user}
            error={form.errors.user}
            onChange={(user) => form.setFieldValue("user", user ?? "")}
          />
        )}
        <Select
          label={t("language")}
          data={[
            { value: "es", label: "Español" },
            { value: "en", label: "English" },
          ]}
          allowDeselect={false}
          {...form.getInputProps("language")}
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

function Queues({ value, onChange }: { value: string[]; onChange: (queues: string[]) => void }) {
  const { t } = useTranslation("accounts");
  const { data } = useObjects("queue");
  return (
    <MultiSelect
      label={t("queues")}
      description={t("queuesHint")}
      searchable
      clearable
      data={(data ?? []).map((queue) => ({ value: queue.id, label: nameOf(queue) }))}
      value={value}
      onChange={onChange}
    />
  );
}
