import {
  Accordion,
  Button,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { splitHost, type TrunkValues } from "./trunkForm";

interface Props {
  initial: TrunkValues;
  /** Whether there is a password already. */
  hasPassword: boolean;
  submitLabel: string;
  onSubmit: (values: TrunkValues) => Promise<unknown>;
  error: unknown;
  pending: boolean;
  onBack?: () => void;
}

/** What the provider's letter says, field by field; the rest is folded away. */
export function TrunkForm({ initial, hasPassword, submitLabel, onSubmit, error, pending, onBack }: Props) {
  const { t } = useTranslation("numbers");
  const form = useForm<TrunkValues>({
    initialValues: initial,
    validate: {
      host: (host) => (host.trim() ? null : t("hostMissing")),
      username: (username, { register }) => (register && !username.trim() ? t("usernameMissing") : null),
      password: (password, { register }) =>
        register && !hasPassword && !password ? t("passwordMissing") : null,
    },
  });
  const submit = form.onSubmit((values) => {
    onSubmit(values).catch((problem: unknown) => form.setErrors(formErrors(problem)));
  });
  const { register } = form.values;
  const host = form.getInputProps("host");
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={error} />
        <TextInput
          label={t("trunkName")}
          description={t("trunkNameHint")}
          maxLength={80}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("host")}
          description={t("hostHint")}
          placeholder="sip.example.com"
          required
          {...host}
          onBlur={(event) => {
            const parts = splitHost(event.currentTarget.value);
            if (parts) form.setValues(parts);
            host.onBlur?.(event);
          }}
        />
        {register ? (
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TextInput
              label={t("username")}
              required
              autoComplete="off"
              {...form.getInputProps("username")}
            />
            <PasswordInput
              label={t("password")}
              required={!hasPassword}
              autoComplete="new-password"
              placeholder={hasPassword ? t("passwordKept") : ""}
              {...form.getInputProps("password")}
            />
          </SimpleGrid>
        ) : (
          <TagsInput
            label={t("addresses")}
            description={t("addressesHint")}
            placeholder={form.values.addresses.length ? "" : "192.0.2.10, 192.0.2.0/24"}
            splitChars={[",", " ", ";"]}
            {...form.getInputProps("addresses")}
          />
        )}
        <Accordion variant="contained">
          <Accordion.Item value="more">
            <Accordion.Control>{t("moreFields")}</Accordion.Control>
            <Accordion.Panel>
              <More form={form} hasPassword={hasPassword} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
        <Group justify={onBack ? "space-between" : "flex-end"}>
          {onBack && (
            <Button variant="default" onClick={onBack}>
              {t("back")}
            </Button>
          )}
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function More({ form, hasPassword }: { form: UseFormReturnType<TrunkValues>; hasPassword: boolean }) {
  const { t } = useTranslation("numbers");
  const { register } = form.values;
  return (
    <Stack>
      <Select
        label={t("numberFormat")}
        description={t("numberFormatHint")}
        allowDeselect={false}
        data={(["plus", "e164", "national"] as const).map((one) => ({
          value: one,
          label: t(`formats.${one}`),
        }))}
        {...form.getInputProps("number_format")}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NumberInput
          label={t("port")}
          min={1}
          max={65535}
          allowDecimal={false}
          {...form.getInputProps("port")}
        />
        <Select
          label={t("transport")}
          allowDeselect={false}
          data={["UDP", "TCP"]}
          {...form.getInputProps("transport")}
        />
        <NumberInput
          label={t("maxCalls")}
          min={1}
          max={100000}
          allowDecimal={false}
          {...form.getInputProps("max_calls")}
        />
        <NumberInput
          label={t("optionsSeconds")}
          min={0}
          max={3600}
          allowDecimal={false}
          suffix=" s"
          {...form.getInputProps("options_seconds")}
        />
        {register && (
          <NumberInput
            label={t("expires")}
            min={60}
            max={7200}
            allowDecimal={false}
            suffix=" s"
            {...form.getInputProps("expires")}
          />
        )}
      </SimpleGrid>
      {register ? (
        <TagsInput
          label={t("addresses")}
          description={t("moreAddressesHint")}
          splitChars={[",", " ", ";"]}
          {...form.getInputProps("addresses")}
        />
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput
            label={t("username")}
            description={t("usernameByAddressHint")}
            autoComplete="off"
            {...form.getInputProps("username")}
          />
          <PasswordInput
            label={t("password")}
            description={t("passwordByAddressHint")}
            autoComplete="new-password"
            placeholder={hasPassword ? t("passwordKept") : ""}
            {...form.getInputProps("password")}
          />
        </SimpleGrid>
      )}
      <Switch
        label={t("forwardCaller")}
        description={t("forwardCallerHint")}
        {...form.getInputProps("forward_caller", { type: "checkbox" })}
      />
    </Stack>
  );
}
