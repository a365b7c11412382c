import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Kinds, useCreate } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { alone } from "./alone";
import type { MakeProps } from "./ChosenObject";
import { ManyObjects } from "./fields";

/** A queue with its agents and a longest wait; everything else about it has its own page. */
export function MakeQueue({ opened, close, made }: MakeProps) {
  const { t } = useTranslation("flows");
  const create = useCreate("queue");
  const saved = useSaved();
  const form = useForm({
    initialValues: { name: "", agents: [] as string[] },
    validate: { name: (value) => (value.trim() ? null : t("nothingChosen")) },
  });
  const submit = form.onSubmit(({ name, agents }) =>
    create.mutate(
      { name, agents: agents.map((user) => ({ user })) as Kinds["queue"]["agents"], max_wait_seconds: 300 },
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
    <Modal opened={opened} onClose={close} title={t("makeQueue")}>
      <form onSubmit={alone(submit)}>
        <Stack>
          <ProblemAlert error={create.error} />
          <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
          <ManyObjects
            kind="user"
            label={t("agents")}
            disabled={false}
            value={form.values.agents}
            onChange={(next) => form.setFieldValue("agents", next)}
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
