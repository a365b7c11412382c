import { Button, Checkbox, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { nameOf } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { extensionFault, useNextExtension } from "./extensions";
import { type PersonWanted, useAddPerson } from "./useAddPerson";

/** A person with an extension, a telephone, and where wanted an invitation to the console. */
export function AddPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("people");
  return (
    <Modal opened={opened} onClose={onClose} title={t("add")} size="lg">
      <PersonForm onDone={onClose} />
    </Modal>
  );
}

function PersonForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("people");
  const sites = useObjects("site").data ?? [];
  const mayInvite = useMay("accounts.write");
  const form = useForm<PersonWanted>({
    initialValues: { name: "", mail: "", site: "", extension: "", phone: true, invite: false },
    validate: {
      name: (name) => (name.trim() ? null : t("nameMissing")),
      mail: (mail, { invite }) =>
        (mail.trim() === "" ? !invite : /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(mail.trim()))
          ? null
          : t("mailWrong"),
      extension: (extension) => {
        const fault = extensionFault(extension);
        return fault && t(fault);
      },
    },
  });
  const site = sites.find((one) => one.id === form.values.site) ?? sites[0];
  const next = useNextExtension(site?.id).data?.extension;
  const { add, error, pending } = useAddPerson(onDone);
  const submit = form.onSubmit((values) =>
    add({ ...values, site: site?.id ?? "", extension: values.extension || (next ?? "") }).catch(
      form.setErrors,
    ),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <ProblemAlert error={error} />
        <TextInput
          label={t("name", { ns: "common" })}
          description={t("nameHint")}
          required
          maxLength={80}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t("mail")}
          description={t("mailHint")}
          type="email"
          {...form.getInputProps("mail")}
        />
        {sites.length > 1 && (
          <Select
            label={t("site")}
            description={t("siteHint")}
            allowDeselect={false}
            data={sites.map((one) => ({ value: one.id, label: nameOf(one) }))}
            {...form.getInputProps("site")}
            value={site?.id ?? null}
          />
        )}
        <TextInput
          label={t("extension")}
          description={site && t("extensionHint", { first: site.first_extension, last: site.last_extension })}
          inputMode="numeric"
          placeholder={next ? t("nextFree", { extension: next }) : t("noneFree")}
          required={next === null}
          {...form.getInputProps("extension")}
        />
        <Checkbox
          label={t("withPhone")}
          description={t("withPhoneHint")}
          {...form.getInputProps("phone", { type: "checkbox" })}
        />
        {mayInvite && (
          <Checkbox
            label={t("withInvitation")}
            description={t("withInvitationHint")}
            {...form.getInputProps("invite", { type: "checkbox" })}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={pending} disabled={!site}>
            {t("add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
