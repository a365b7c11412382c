import { Box, Group, PasswordInput, Radio, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { isProblem } from "@/api/problem";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { type Outside, plainNumber } from "./plan";
import { Way, WizardFrame } from "./WizardFrame";

interface Props {
  start: Outside;
  error: unknown;
  back: () => void;
  onNext: (outside: Outside) => void;
}

function useOutsideForm(start: Outside) {
  const { t } = useTranslation("setup");
  return useForm<Outside>({
    initialValues: start,
    validate: (given) =>
      given.later
        ? {}
        : {
            number: /^\+[1-9]\d{4,14}$/.test(plainNumber(given.number)) ? null : t("noNumber"),
            host: given.host.trim() && !/\s/.test(given.host.trim()) ? null : t("needed"),
            username: !given.register || given.username.trim() ? null : t("needed"),
          },
  });
}

/** The number that customers dial, and the provider that brings its calls. */
export function OutsideStep({ start, error, back, onNext }: Props) {
  const { t } = useTranslation("setup");
  const form = useOutsideForm(start);
  const given = form.values;
  return (
    <WizardFrame step="outside" title={t("outside")} intro={t("outsideIntro")}>
      <form onSubmit={form.onSubmit(onNext)} noValidate>
        <Stack>
          {isProblem(error) && <ProblemAlert error={error} />}
          <Radio.Group
            aria-label={t("outside")}
            value={given.later ? "later" : "now"}
            onChange={(value) => form.setFieldValue("later", value === "later")}
          >
            <Stack gap="sm">
              <Card value="now" title={t("outsideNow")} hint={t("outsideNowHint")} />
              <Card value="later" title={t("outsideLater")} hint={t("outsideLaterHint")} />
            </Stack>
          </Radio.Group>
          {!given.later && <Fields form={form} />}
        </Stack>
        <Way back={back} />
      </form>
    </WizardFrame>
  );
}

function Card({ value, title, hint }: { value: string; title: string; hint: string }) {
  return (
    <Radio.Card value={value} p="md" radius="md">
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <Box>
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        </Box>
      </Group>
    </Radio.Card>
  );
}

function Fields({ form }: { form: ReturnType<typeof useOutsideForm> }) {
  const { t } = useTranslation("setup");
  const { register } = form.values;
  return (
    <Stack>
      <TextInput
        label={t("number")}
        description={t("numberHint")}
        placeholder="+34 910 000 000"
        inputMode="tel"
        autoComplete="off"
        required
        {...form.getInputProps("number")}
      />
      <TextInput
        label={t("provider")}
        description={t("providerHint")}
        autoComplete="off"
        {...form.getInputProps("provider")}
      />
      <TextInput
        label={t("host")}
        description={t("hostHint")}
        placeholder="sip.example.com"
        autoComplete="off"
        spellCheck={false}
        required
        {...form.getInputProps("host")}
      />
      <Stack gap={6}>
        <Text size="sm" fw={500} id="auth-label">
          {t("auth")}
        </Text>
        <SegmentedControl
          aria-labelledby="auth-label"
          data={[
            { value: "register", label: t("authRegister") },
            { value: "address", label: t("authAddress") },
          ]}
          value={register ? "register" : "address"}
          onChange={(value) => form.setFieldValue("register", value === "register")}
        />
      </Stack>
      {register && (
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={t("sipUser")}
            autoComplete="off"
            spellCheck={false}
            required
            {...form.getInputProps("username")}
          />
          <PasswordInput
            label={t("sipPassword")}
            autoComplete="new-password"
            {...form.getInputProps("password")}
          />
        </Group>
      )}
    </Stack>
  );
}
