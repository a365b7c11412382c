import { Button, Group, Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { useForm } from "@mantine/form";
import { useTranslation } from "react-i18next";
import { type Kinds, type Stored, useCreate, useObjects, useReplace } from "@/api/objects";
import { DestinationSelect } from "@/ui/DestinationSelect";
import { formErrors } from "@/ui/formErrors";
import { nameOf } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { answersOf, type TestValues, valuesOf } from "./tests";

/** One routing test: who calls what and when, and where it must end. */
export function TestDialog({ edited, close }: { edited: Stored<"test"> | null; close: () => void }) {
  const { t } = useTranslation("publication");
  const create = useCreate("test");
  const replace = useReplace("test");
  const saved = useSaved();
  const users = useObjects("user").data ?? [];
  const zone = useObjects("site").data?.[0]?.time_zone ?? "";
  const form = useForm<TestValues>({
    initialValues: valuesOf(edited),
    validate: {
      name: (value) => (value.trim() ? null : t("needed")),
      at: (value) => (value ? null : t("needed")),
      expect: (value) => (value && !value.endsWith(":") ? null : t("needed")),
    },
  });
  const done = {
    onSuccess: (outcome: Parameters<typeof saved>[0]) => {
      saved(outcome);
      close();
    },
    onError: (error: unknown) => form.setErrors(formErrors(error)),
  };
  const submit = form.onSubmit((values) => {
    const fields = answersOf(values, edited);
    if (edited) replace.mutate({ id: edited.id, object: { ...edited, ...fields } as Kinds["test"] }, done);
    else create.mutate(fields, done);
  });
  const people = (name: "noAnswer" | "busy", label: string) => (
    <MultiSelect
      label={label}
      searchable
      data={users.map((one) => ({ value: one.id, label: nameOf(one) }))}
      {...form.getInputProps(name)}
    />
  );
  return (
    <Modal opened onClose={close} size="lg" title={edited ? edited.name || edited.id : t("newTest")}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <ProblemAlert error={create.error ?? replace.error} />
          <TextInput label={t("testName")} required data-autofocus {...form.getInputProps("name")} />
          <TextInput
            label={t("testFrom")}
            description={t("testFromHint")}
            required
            {...form.getInputProps("from")}
          />
          <TextInput label={t("testTo")} required inputMode="tel" {...form.getInputProps("to")} />
          <DateTimePicker
            label={t("testAt")}
            description={t("testAtHint", { zone })}
            required
            valueFormat="ddd D MMM YYYY, HH:mm"
            value={form.values.at || null}
            error={form.errors.at}
            onChange={(next) => form.setFieldValue("at", next ?? "")}
          />
          <TextInput
            label={t("testPress")}
            description={t("testPressHint")}
            {...form.getInputProps("press")}
          />
          {people("noAnswer", t("testNoAnswer"))}
          {people("busy", t("testBusy"))}
          <DestinationSelect
            label={t("testExpect")}
            required
            without={["flow", "extension"]}
            value={form.values.expect}
            error={form.errors.expect}
            onChange={(next) => form.setFieldValue("expect", next)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel", { ns: "common" })}
            </Button>
            <Button type="submit" loading={create.isPending || replace.isPending}>
              {t("save", { ns: "common" })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
