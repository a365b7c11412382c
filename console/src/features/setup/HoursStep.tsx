import { Checkbox, Chip, Group, Stack, Switch, Text } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { countryName } from "@/ui/countries";
import { DAYS, type Day, type Hours } from "./plan";
import { Way, WizardFrame } from "./WizardFrame";

/** The day's name, whole or short: the first of January 2024 was a Monday. */
export function dayName(day: Day, language: string, width: "long" | "short"): string {
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(language, { weekday: width, timeZone: "UTC" }).format(date);
}

interface Props {
  country: string;
  start: Hours;
  back: () => void;
  onNext: (hours: Hours) => void;
}

/** When somebody is there to answer. */
export function HoursStep({ country, start, back, onNext }: Props) {
  const { t, i18n } = useTranslation("setup");
  const form = useForm<Hours>({
    initialValues: start,
    validate: (hours) =>
      hours.always
        ? {}
        : {
            days: hours.days.length ? null : t("needDay"),
            to: hours.to > hours.from ? null : t("endsBefore"),
            ...(hours.split
              ? {
                  back: hours.back > hours.to ? null : t("endsBefore"),
                  until: hours.until > hours.back ? null : t("endsBefore"),
                }
              : {}),
          },
  });
  const hours = form.values;
  return (
    <WizardFrame step="hours" title={t("hours")} intro={t("hoursIntro")}>
      <form onSubmit={form.onSubmit(onNext)} noValidate>
        <Stack>
          <Switch label={t("always")} {...form.getInputProps("always", { type: "checkbox" })} />
          {!hours.always && (
            <>
              <Stack gap={6} role="group" aria-labelledby="days-label">
                <Text size="sm" fw={500} id="days-label">
                  {t("days")}
                </Text>
                <Chip.Group
                  multiple
                  value={hours.days}
                  onChange={(days) => form.setFieldValue("days", days as Day[])}
                >
                  <Group gap={6}>
                    {DAYS.map((day) => (
                      <Chip key={day} value={day} aria-label={dayName(day, i18n.language, "long")}>
                        {dayName(day, i18n.language, "short")}
                      </Chip>
                    ))}
                  </Group>
                </Chip.Group>
                {form.errors.days && (
                  <Text size="sm" c="red" role="alert">
                    {form.errors.days}
                  </Text>
                )}
              </Stack>
              <Group align="flex-start">
                <TimeInput label={t("from")} {...form.getInputProps("from")} />
                <TimeInput label={t("to")} {...form.getInputProps("to")} />
              </Group>
              <Checkbox label={t("split")} {...form.getInputProps("split", { type: "checkbox" })} />
              {hours.split && (
                <Group align="flex-start">
                  <TimeInput label={t("backFrom")} {...form.getInputProps("back")} />
                  <TimeInput label={t("backTo")} {...form.getInputProps("until")} />
                </Group>
              )}
              <Checkbox
                label={t("holidays", { country: countryName(country, i18n.language) })}
                description={t("holidaysHint")}
                {...form.getInputProps("holidays", { type: "checkbox" })}
              />
            </>
          )}
        </Stack>
        <Way back={back} />
      </form>
    </WizardFrame>
  );
}
