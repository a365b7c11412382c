import { ActionIcon, Button, Checkbox, Group, NumberInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";
import { type Personal, useChangePersonal, usePersonal, useSavePersonal } from "./settings";
import { TargetInput } from "./TargetInput";
import { dialled } from "./target";

const MOST = 5;

interface Fields {
  targets: { key: string; target: string; after: number }[];
  ring_seconds: number;
  confirm: boolean;
}

/** What else rings for the person: the mobile, a colleague. */
export function FollowMe({ user }: { user: string }) {
  const settings = usePersonal(user);
  return (
    <Loaded query={settings}>
      {({ follow_me }) => <Form key={JSON.stringify(follow_me)} user={user} now={follow_me} />}
    </Loaded>
  );
}

function fresh(): Fields["targets"][number] {
  return { key: crypto.randomUUID(), target: "", after: 15 };
}

function useFields(now: Personal["follow_me"]) {
  return useForm<Fields>({
    initialValues: {
      targets: now.targets.length
        ? now.targets.map(({ target, after }, index) => ({
            key: `${index}/${target}`,
            target,
            after: after ?? 15,
          }))
        : [fresh()],
      ring_seconds: now.ring_seconds,
      confirm: now.confirm,
    },
  });
}

function Form({ user, now }: { user: string; now: components["schemas"]["FollowMe"] }) {
  const { t } = useTranslation("portal");
  const form = useFields(now);
  const change = useChangePersonal(user);
  const send = useSavePersonal(user, () => notifyDone(t("follow.saved"), t("follow.title")));
  const on = now.enabled && now.targets.length > 0;
  const save = ({ targets, ring_seconds, confirm }: Fields) => {
    const wanted = targets
      .map(({ target, after }) => ({ target: dialled(target), after: Number(after) }))
      .filter(({ target }) => target !== "");
    send.mutate(
      { follow_me: { enabled: true, targets: wanted, ring_seconds: Number(ring_seconds), confirm } },
      { onError: (error) => form.setErrors(formErrors(error)) },
    );
  };
  return (
    <Panel
      title={t("follow.title")}
      hint={t("follow.hint")}
      on={on}
      disabled={now.targets.length === 0}
      onSwitch={(enabled) => change.mutate({ follow_me: { enabled } })}
    >
      <form onSubmit={form.onSubmit(save)}>
        <Stack gap="sm">
          <ProblemAlert error={send.error} />
          {form.values.targets.map(({ key }, index) => (
            <Target key={key} index={index} form={form} />
          ))}
          <Group>
            <Button
              variant="light"
              size="xs"
              leftSection={<IconPlus size={16} />}
              disabled={form.values.targets.length >= MOST}
              onClick={() => form.insertListItem("targets", fresh())}
            >
              {t("follow.add")}
            </Button>
          </Group>
          <NumberInput
            label={t("follow.ring")}
            maw={220}
            min={5}
            max={120}
            suffix=" s"
            {...form.getInputProps("ring_seconds")}
          />
          <Checkbox
            label={t("follow.confirm")}
            description={t("follow.confirmHint")}
            {...form.getInputProps("confirm", { type: "checkbox" })}
          />
          <Group>
            <Button type="submit" loading={send.isPending} disabled={!form.isDirty()}>
              {t("save", { ns: "common" })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}

function Target({ index, form }: { index: number; form: ReturnType<typeof useFields> }) {
  const { t } = useTranslation("portal");
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t("follow.target", { number: index + 1 })}>
      <TargetInput
        label={t("forward.target")}
        style={{ flex: "1 1 12rem" }}
        {...form.getInputProps(`targets.${index}.target`)}
      />
      <NumberInput
        label={t("follow.after")}
        w={120}
        min={0}
        max={120}
        suffix=" s"
        {...form.getInputProps(`targets.${index}.after`)}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t("follow.remove", { number: index + 1 })}
        onClick={() => form.removeListItem("targets", index)}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </Group>
  );
}
