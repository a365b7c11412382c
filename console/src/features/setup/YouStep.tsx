import { PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { PasswordStrength } from "@/ui/PasswordStrength";
import { SHORTEST, strength } from "@/ui/strength";
import { Way, WizardFrame } from "./WizardFrame";

export interface YouFields {
  name: string;
  login: string;
  password: string;
}

interface Props {
  start: YouFields;
  /** What the exchange had against them. */
  error: unknown;
  back: () => void;
  onNext: (fields: YouFields) => void;
}

/** Who administers this installation. */
export function YouStep({ start, error, back, onNext }: Props) {
  const { t } = useTranslation("setup");
  const form = useForm<YouFields>({
    initialValues: start,
    initialErrors: formErrors(error),
    validate: {
      name: (name) => (name.trim() ? null : t("needed")),
      login: (login) => (/^[^\s@]+@[^\s@]+$/.test(login.trim()) ? null : t("noMail")),
      password: (password, { name, login }) => {
        if (password.length < SHORTEST) return t("tooShort", { count: SHORTEST });
        return strength(password, [name, login]) === "weak" ? t("tooWeak") : null;
      },
    },
  });
  const { name, login, password } = form.values;
  return (
    <WizardFrame step="you" title={t("you")} intro={t("youIntro")}>
      <form
        onSubmit={form.onSubmit((fields) => onNext({ ...fields, login: fields.login.trim() }))}
        noValidate
      >
        <Stack>
          <TextInput label={t("yourName")} autoComplete="name" required {...form.getInputProps("name")} />
          <TextInput
            label={t("mail")}
            description={t("mailHint")}
            type="email"
            autoComplete="username"
            required
            {...form.getInputProps("login")}
          />
          <PasswordInput
            label={t("password")}
            description={t("passwordHint")}
            autoComplete="new-password"
            required
            {...form.getInputProps("password")}
          />
          <PasswordStrength password={password} own={[name, login]} />
        </Stack>
        <Way back={back} />
      </form>
    </WizardFrame>
  );
}
