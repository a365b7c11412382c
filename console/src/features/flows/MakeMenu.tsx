import { Button, Group, Modal, NumberInput, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Kinds, useCreate, useObject, useReplace } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSaved } from "@/ui/saved";
import { alone } from "./alone";
import { ChosenObject, type MakeProps } from "./ChosenObject";

type Values = Omit<Kinds["menu"], "id" | "kind">;

const USUAL: Values = {
  name: "",
  prompt: "",
  invalid_prompt: null,
  silence_prompt: null,
  digits: 1,
  seconds: 5,
  digit_seconds: 2.5,
  attempts: 3,
  dial_extensions: false,
};

/** A menu as an object of its own: what callers hear, and how patient it is. */
export function MakeMenu(props: MakeProps) {
  const { t } = useTranslation("flows");
  const before = useObject("menu", props.edited ?? undefined);
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      size="lg"
      title={props.edited ? t("editMenu") : t("makeMenu")}
    >
      {props.edited ? (
        <Loaded query={before}>
          {({ object: { id: _, kind: __, ...values } }) => <MenuForm {...props} values={values} />}
        </Loaded>
      ) : (
        <MenuForm {...props} values={USUAL} />
      )}
    </Modal>
  );
}

function MenuForm({ edited, made, close, values }: MakeProps & { values: Values }) {
  const { t } = useTranslation("flows");
  const create = useCreate("menu");
  const replace = useReplace("menu");
  const saved = useSaved();
  const form = useForm<Values>({ initialValues: values });
  const save = useMutation({
    mutationFn: (wanted: Values) =>
      edited
        ? replace.mutateAsync({ id: edited, object: { ...wanted, id: edited, kind: "menu" } })
        : create.mutateAsync(wanted),
    onSuccess: (outcome) => {
      saved(outcome);
      made(outcome.object.id);
      close();
    },
    onError: (error) => form.setErrors(formErrors(error)),
  });
  const prompt = (name: "prompt" | "invalid_prompt" | "silence_prompt", label: string, unset?: string) => (
    <ChosenObject
      kind="prompt"
      label={label}
      required={unset === undefined}
      disabled={false}
      {...(unset ? { placeholder: unset } : {})}
      value={form.values[name] ?? null}
      error={form.errors[name] ? String(form.errors[name]) : undefined}
      onChange={(next) => form.setFieldValue(name, next ?? (unset ? null : ""))}
    />
  );
  return (
    <form onSubmit={alone(form.onSubmit((wanted) => save.mutate(wanted)))}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t("menuHint")}
        </Text>
        <ProblemAlert error={save.error} />
        <TextInput label={t("name")} required data-autofocus {...form.getInputProps("name")} />
        {prompt("prompt", t("menuPrompt"))}
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {prompt("invalid_prompt", t("menuInvalid"), t("menuOwnWords"))}
          {prompt("silence_prompt", t("menuSilence"), t("menuRepeat"))}
          <NumberInput label={t("menuSeconds")} min={1} max={60} {...form.getInputProps("seconds")} />
          <NumberInput label={t("menuAttempts")} min={1} max={10} {...form.getInputProps("attempts")} />
          <NumberInput label={t("menuDigits")} min={1} max={8} {...form.getInputProps("digits")} />
          <NumberInput
            label={t("menuDigitSeconds")}
            min={0.5}
            max={20}
            step={0.5}
            {...form.getInputProps("digit_seconds")}
          />
        </SimpleGrid>
        <Switch label={t("menuDial")} {...form.getInputProps("dial_extensions", { type: "checkbox" })} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("cancel", { ns: "common" })}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!form.values.prompt}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
