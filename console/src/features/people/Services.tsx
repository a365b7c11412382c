import { Button, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Stored, useCreate, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { DataTable } from "@/ui/DataTable";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { useSaved } from "@/ui/saved";
import { useRemoval } from "@/ui/useRemoval";

const PURPOSES = ["echo", "voicemail"] as const;

/** Extensions that are nobody's: the echo test, the voicemail menu. */
export function Services() {
  const { t } = useTranslation("people");
  const mayWrite = useMay("config.write");
  const services = useObjects("extension", { sort: "extension" });
  const remove = useRemoval("extension");
  const [adding, { open, close }] = useDisclosure(false);
  return (
    <Section
      title={t("services")}
      hint={t("servicesHint")}
      actions={
        mayWrite && (
          <Button variant="default" size="xs" leftSection={<IconPlus size={16} />} onClick={open}>
            {t("addService")}
          </Button>
        )
      }
    >
      <Loaded query={services}>
        {(all) => (
          <DataTable
            label={t("services")}
            rows={all}
            rowKey={(service) => service.id}
            empty={
              <Text size="sm" c="dimmed">
                {t("noServices")}
              </Text>
            }
            columns={[
              {
                key: "extension",
                header: t("extension"),
                render: (service) => (
                  <Text size="sm" fw={600}>
                    {service.extension}
                  </Text>
                ),
              },
              {
                key: "purpose",
                header: t("purpose"),
                render: (service) => (
                  <>
                    <Text size="sm">{t(`purposes.${service.purpose}`)}</Text>
                    <Text size="xs" c="dimmed">
                      {t(`purposeHint.${service.purpose}`)}
                    </Text>
                  </>
                ),
              },
              {
                key: "remove",
                header: "",
                align: "right",
                render: (service: Stored<"extension">) =>
                  mayWrite && (
                    <Button
                      variant="subtle"
                      color="red"
                      size="xs"
                      aria-label={`${t("remove", { ns: "common" })}: ${service.extension}`}
                      onClick={() => remove({ id: service.id, name: service.extension })}
                    >
                      {t("remove", { ns: "common" })}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <Modal opened={adding} onClose={close} title={t("addService")}>
        <AddService onDone={close} />
      </Modal>
    </Section>
  );
}

function AddService({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("people");
  const create = useCreate("extension");
  const saved = useSaved();
  const form = useForm<{ purpose: (typeof PURPOSES)[number]; extension: string }>({
    initialValues: { purpose: "echo", extension: "" },
    validate: { extension: (extension) => (/^\d{2,6}$/.test(extension) ? null : t("extensionWrong")) },
  });
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onSuccess: (outcome) => {
        saved(outcome);
        onDone();
      },
      onError: (error) => form.setErrors(formErrors(error)),
    }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={create.error} />
        <Select
          label={t("purpose")}
          description={t(`purposeHint.${form.values.purpose}`)}
          data={PURPOSES.map((purpose) => ({ value: purpose, label: t(`purposes.${purpose}`) }))}
          allowDeselect={false}
          {...form.getInputProps("purpose")}
        />
        <TextInput
          label={t("extension")}
          description={t("serviceExtensionHint")}
          inputMode="numeric"
          required
          {...form.getInputProps("extension")}
        />
        <Button type="submit" loading={create.isPending} style={{ alignSelf: "flex-end" }}>
          {t("add", { ns: "common" })}
        </Button>
      </Stack>
    </form>
  );
}
