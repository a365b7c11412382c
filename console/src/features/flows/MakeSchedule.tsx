import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useCreate } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { alone } from "./alone";
import type { MakeProps } from "./ChosenObject";

/** Opening hours to begin with; everything else about them has its own page. */
export function MakeSchedule({ opened, close, made }: MakeProps) {
  const { t } = useTranslation("flows");
  const create = useCreate("schedule");
  const saved = useSaved();
  const form = useForm({
    initialValues: { name: "", days: "mon-fri", hours: "09:00-14:00, 16:00-19:00" },
    validate: { name: (value) => (value.trim() ? null : t("nothingChosen")) },
  });
  const submit = form.onSubmit(({ name, days, hours }) =>
    create.mutate(
      {
        name,
        weekly: {
          [days]: hours
            .split(",")
            .map((one) => one.trim())
            .filter(Boolean),
        },
      },
      {
        onSuccess: (outcome) => {
          saved(outcome);
          made(outcome.object.id);
          close();
        },
        onError: (error) => form.setErrors(formErrors(error)),
      },
    ),
  );
  return (
    <Modal opened={opened} onClose={close} title={t("makeSchedule")}>
      <form onSubmit={alone(submit)}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t("scheduleHint")}
          </Text>
          <ProblemAlert error={create.error} />
          <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
          <Select
            label={t("scheduleDays")}
            allowDeselect={false}
            data={[
              { value: "mon-fri", label: t("weekdays") },
              { value: "mon-sun", label: t("everyday") },
            ]}
            {...form.getInputProps("days")}
          />
          <TextInput
            label={t("scheduleHours")}
            description="09:00-14:00, 16:00-19:00"
            required
            {...form.getInputProps("hours")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel", { ns: "common" })}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
