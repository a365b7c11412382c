import { Button, Modal, MultiSelect, NumberInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Stored, useChange } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";

/** Those that phones offer most; a device may name others, which stay. */
const CODECS = ["PCMA", "PCMU", "G722", "opus", "G729"];

interface Props {
  device: Stored<"device">;
  opened: boolean;
  onClose: () => void;
}

/** What a telephone is called, how often it may register, and what it speaks. */
export function DeviceDialog({ device, opened, onClose }: Props) {
  const { t } = useTranslation("people");
  const change = useChange("device");
  const saved = useSaved();
  const form = useForm({
    initialValues: {
      name: device.name ?? "",
      max_contacts: device.max_contacts ?? 5,
      codecs: [...(device.codecs ?? ["PCMA", "PCMU"])],
    },
    validate: { codecs: (codecs) => (codecs.length ? null : t("codecsMissing")) },
  });
  const submit = form.onSubmit((fields) =>
    change.mutate(
      { id: device.id, fields },
      {
        onSuccess: (outcome) => {
          saved(outcome);
          onClose();
        },
        onError: (error) => form.setErrors(formErrors(error)),
      },
    ),
  );
  return (
    <Modal opened={opened} onClose={onClose} title={t("changePhone")}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={change.error} />
          <TextInput
            label={t("phoneName")}
            description={t("phoneNameHint")}
            maxLength={80}
            data-autofocus
            {...form.getInputProps("name")}
          />
          <NumberInput
            label={t("maxContacts")}
            description={t("maxContactsHint")}
            min={1}
            max={20}
            allowDecimal={false}
            {...form.getInputProps("max_contacts")}
          />
          <MultiSelect
            label={t("codecs")}
            description={t("codecsHint")}
            data={[...new Set([...CODECS, ...form.values.codecs])]}
            {...form.getInputProps("codecs")}
          />
          <Button type="submit" loading={change.isPending} style={{ alignSelf: "flex-end" }}>
            {t("save", { ns: "common" })}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
