import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Changed, type Stored, useChange, useCreate } from "@/api/objects";
import { DestinationSelect } from "@/ui/DestinationSelect";
import { formErrors } from "@/ui/formErrors";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { complete, e164, wrongNumber } from "./numbers";

interface Props {
  /** Null: a new one. */
  number: Stored<"number"> | null;
  onClose: () => void;
}

/** A number, where calls to it go, and by which trunk they come. */
export function NumberDialog({ number, onClose }: Props) {
  const { t } = useTranslation("numbers");
  const create = useCreate("number");
  const change = useChange("number");
  const saved = useSaved();
  const form = useForm({
    initialValues: {
      number: number?.number ?? "",
      destination: number?.destination ?? "",
      trunk: number?.trunk ?? null,
      name_prefix: number?.name_prefix ?? "",
    },
    validate: {
      number: (text) => (wrongNumber(text) ? t("numberWrong") : null),
      destination: (destination) => (complete(destination) ? null : t("destinationMissing")),
    },
  });
  const told = {
    onSuccess: (outcome: Changed<"number">) => {
      saved(outcome);
      onClose();
    },
    onError: (error: unknown) => form.setErrors(formErrors(error)),
  };
  const submit = form.onSubmit((values) => {
    const fields = { ...values, number: e164(values.number) };
    if (number) change.mutate({ id: number.id, fields }, told);
    else create.mutate(fields, told);
  });
  return (
    <Modal opened onClose={onClose} title={t(number ? "changeNumber" : "addNumber")} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          <ProblemAlert error={create.error ?? change.error} />
          <TextInput
            label={t("number")}
            description={t("numberHint")}
            placeholder="+34 910 000 000"
            inputMode="tel"
            required
            data-autofocus
            {...form.getInputProps("number")}
          />
          <DestinationSelect
            label={t("leadsTo")}
            description={t("leadsToHint")}
            required
            value={form.values.destination}
            error={form.errors.destination}
            onChange={(destination) => form.setFieldValue("destination", destination)}
          />
          <ObjectSelect
            kind="trunk"
            label={t("trunk")}
            description={t("numberTrunkHint")}
            placeholder={t("anyTrunk")}
            value={form.values.trunk}
            error={form.errors.trunk}
            onChange={(trunk) => form.setFieldValue("trunk", trunk)}
          />
          <TextInput
            label={t("namePrefix")}
            description={t("namePrefixHint")}
            maxLength={80}
            {...form.getInputProps("name_prefix")}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={create.isPending || change.isPending}>
              {t("save", { ns: "common" })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
