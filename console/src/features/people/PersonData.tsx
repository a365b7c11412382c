import {
  Button,
  Fieldset,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Stored, useChange, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { formErrors } from "@/ui/formErrors";
import { nameOf } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { useSaved } from "@/ui/saved";
import { extensionFault } from "./extensions";

interface Props {
  person: Stored<"user">;
  etag: string;
}

/** Name, extension, and how others see them. */
export function PersonData({ person, etag }: Props) {
  const { t } = useTranslation("people");
  const mayWrite = useMay("config.write");
  const change = useChange("user");
  const saved = useSaved();
  const sites = useObjects("site").data ?? [];
  const form = useForm({
    initialValues: {
      name: person.name,
      mail: person.mail ?? "",
      site: person.site,
      extension: person.extension ?? "",
      language: person.language ?? "",
      number: person.number ?? "",
      record_calls: person.record_calls ?? false,
      max_calls: person.max_calls ?? 2,
    },
    validate: {
      name: (name) => (name.trim() ? null : t("nameMissing")),
      extension: (extension) => {
        const fault = extensionFault(extension);
        return fault && t(fault);
      },
    },
  });
  const site = sites.find((one) => one.id === form.values.site);
  const submit = form.onSubmit((values) =>
    // By its promise: with the new ETag this form is another one before a callback of its own would be heard.
    change
      .mutateAsync({
        id: person.id,
        etag,
        fields: { ...values, language: values.language || null, extension: values.extension || null },
      })
      .then(saved, (error: unknown) => form.setErrors(formErrors(error))),
  );
  return (
    <Section title={t("data")}>
      <form onSubmit={submit} noValidate>
        <Fieldset variant="unstyled" disabled={!mayWrite}>
          <Stack>
            <ProblemAlert error={change.error} />
            <TextInput
              label={t("name", { ns: "common" })}
              description={t("nameHint")}
              required
              maxLength={80}
              {...form.getInputProps("name")}
            />
            <TextInput
              label={t("mail")}
              description={t("mailHint")}
              type="email"
              {...form.getInputProps("mail")}
            />
            <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: "end" }}>
              <TextInput
                label={t("extension")}
                description={
                  site && t("extensionHint", { first: site.first_extension, last: site.last_extension })
                }
                inputMode="numeric"
                {...form.getInputProps("extension")}
              />
              <Select
                label={t("site")}
                description={t("siteHint")}
                allowDeselect={false}
                data={sites.map((one) => ({ value: one.id, label: nameOf(one) }))}
                {...form.getInputProps("site")}
              />
            </SimpleGrid>
            <ShownNumber
              value={form.values.number}
              siteNumber={site?.number ?? ""}
              error={form.errors.number}
              onChange={(number) => form.setFieldValue("number", number)}
            />
            <Select
              label={t("language")}
              description={t("languageHint")}
              allowDeselect={false}
              data={[
                { value: "", label: t("languageOfSite") },
                { value: "es", label: "Español" },
                { value: "en", label: "English" },
              ]}
              {...form.getInputProps("language")}
            />
            <NumberInput
              label={t("maxCalls")}
              description={t("maxCallsHint")}
              min={1}
              max={100}
              allowDecimal={false}
              {...form.getInputProps("max_calls")}
            />
            <Switch
              label={t("recordCalls")}
              description={t("recordCallsHint")}
              {...form.getInputProps("record_calls", { type: "checkbox" })}
            />
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
    </Section>
  );
}

interface NumberProps {
  value: string;
  siteNumber: string;
  error: React.ReactNode;
  onChange: (number: string) => void;
}

/** The number that is shown to those called outside: one of the company's. */
function ShownNumber({ value, siteNumber, error, onChange }: NumberProps) {
  const { t } = useTranslation("people");
  const numbers = useObjects("number").data ?? [];
  const own = [...new Set([...numbers.map((one) => one.number), ...(value ? [value] : [])])];
  return (
    <Select
      label={t("shownNumber")}
      description={t("shownNumberHint")}
      error={error}
      allowDeselect={false}
      searchable
      data={[
        { value: "", label: siteNumber ? t("numberOfSite", { number: siteNumber }) : t("noNumberOfSite") },
        ...own.map((number) => ({ value: number, label: number })),
      ]}
      value={value}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}
