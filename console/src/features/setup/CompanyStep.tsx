import { Group, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { CountrySelect, TimeZoneSelect } from "@/ui/CountrySelect";
import { zoneIn } from "@/ui/countries";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Way, WizardFrame } from "./WizardFrame";

export interface CompanyFields {
  name: string;
  country: string;
  zone: string;
  first: string;
  last: string;
  location: string;
}

const RANGES = [
  { value: "10-89", people: 80 },
  { value: "100-899", people: 800 },
  { value: "1000-8999", people: 8000 },
];

interface Props {
  start: CompanyFields;
  error: unknown;
  loading: boolean;
  back: () => void;
  onNext: (fields: CompanyFields) => void;
}

/** The first company: its name, where it is, and which extensions its people get. */
export function CompanyStep({ start, error, loading, back, onNext }: Props) {
  const { t } = useTranslation("setup");
  const form = useForm<CompanyFields>({
    initialValues: start,
    validate: { name: (name) => (name.trim() ? null : t("needed")) },
  });
  const { first, last, country, zone } = form.values;
  const range = RANGES.find((one) => one.value === `${first}-${last}`) ?? RANGES[1];
  const take = (value: string) => {
    const [from = "", to = ""] = value.split("-");
    form.setValues({ first: from, last: to });
  };
  return (
    <WizardFrame step="company" title={t("company")} intro={t("companyIntro")}>
      <form onSubmit={form.onSubmit((fields) => onNext({ ...fields, name: fields.name.trim() }))} noValidate>
        <Stack>
          <ProblemAlert error={error} />
          <TextInput
            label={t("companyName")}
            autoComplete="organization"
            required
            {...form.getInputProps("name")}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <CountrySelect
              label={t("country")}
              description={t("countryHint")}
              value={country}
              onChange={(next) => form.setValues({ country: next, zone: zoneIn(next, zone) })}
            />
            <TimeZoneSelect
              label={t("zone")}
              description={t("zoneHint")}
              value={zone}
              onChange={(next) => form.setFieldValue("zone", next)}
            />
          </SimpleGrid>
          <Stack gap={4}>
            <Text size="sm" fw={500} id="range-label">
              {t("extensions")}
            </Text>
            <Text size="xs" c="dimmed">
              {t("extensionsHint")}
            </Text>
            <Group>
              <SegmentedControl
                aria-labelledby="range-label"
                data={RANGES.map(({ value }) => ({ value, label: value.replace("-", " – ") }))}
                value={range?.value ?? ""}
                onChange={take}
              />
              <Text size="sm" c="dimmed">
                {t("enoughFor", { count: range?.people ?? 0 })}
              </Text>
            </Group>
          </Stack>
          <TextInput
            label={t("address")}
            description={t("addressHint")}
            autoComplete="street-address"
            {...form.getInputProps("location")}
          />
        </Stack>
        <Way back={back} loading={loading} label={t("makeCompany")} />
      </form>
    </WizardFrame>
  );
}
