import { ActionIcon, Button, Checkbox, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";
import { type Personal, useChangePersonal, usePersonal, useSavePersonal } from "./settings";
import { dialled } from "./target";

const THEN = ["decline", "busy", "voicemail"] as const;

/** Callers whom the person does not want to hear. */
export function Blocking({ user }: { user: string }) {
  const settings = usePersonal(user);
  return <Loaded query={settings}>{({ block }) => <Form user={user} now={block} />}</Loaded>;
}

function Form({ user, now }: { user: string; now: Personal["block"] }) {
  const { t } = useTranslation("portal");
  const change = useChangePersonal(user);
  return (
    <Stack>
      <Panel title={t("block.title")} hint={t("block.hint")}>
        <Add user={user} numbers={now.numbers} />
        <Numbers user={user} numbers={now.numbers} />
      </Panel>
      <Panel title={t("block.how")}>
        <Checkbox
          label={t("block.anonymous")}
          description={t("block.anonymousHint")}
          checked={now.anonymous}
          onChange={(event) => change.mutate({ block: { anonymous: event.currentTarget.checked } })}
        />
        <Select
          label={t("block.thenLabel")}
          maw={360}
          allowDeselect={false}
          data={THEN.map((value) => ({ value, label: t(`block.then.${value}`) }))}
          value={now.then}
          onChange={(then) =>
            then &&
            // biome-ignore lint/suspicious/noThenProperty: the API's word, and no function
            change.mutate({ block: { then: then as (typeof THEN)[number] } })
          }
        />
      </Panel>
    </Stack>
  );
}

function Add({ user, numbers }: { user: string; numbers: string[] }) {
  const { t } = useTranslation("portal");
  const [text, setText] = useState("");
  const change = useSavePersonal(user, () => {
    notifyDone(t("block.added", { number: dialled(text) }));
    setText("");
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ block: { numbers: [...numbers, dialled(text)] } });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <ProblemAlert error={change.error} />
        <Group align="flex-end">
          <TextInput
            label={t("block.number")}
            description={t("block.numberHint")}
            inputMode="tel"
            autoComplete="off"
            placeholder="+34 910 000 000"
            style={{ flex: "1 1 14rem" }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" loading={change.isPending} disabled={dialled(text) === ""}>
            {t("block.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Numbers({ user, numbers }: { user: string; numbers: string[] }) {
  const { t } = useTranslation("portal");
  const change = useChangePersonal(user);
  if (numbers.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("block.nobody")}
      </Text>
    );
  }
  const remove = (number: string) =>
    change.mutate(
      { block: { numbers: numbers.filter((one) => one !== number) } },
      { onSuccess: () => notifyDone(t("block.removed", { number })) },
    );
  return (
    <Table aria-label={t("block.title")}>
      <Table.Tbody>
        {numbers.map((number) => (
          <Table.Tr key={number}>
            <Table.Td>
              {number.endsWith("*") ? t("block.all", { start: number.slice(0, -1) }) : number}
            </Table.Td>
            <Table.Td ta="right">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("block.remove", { number })}
                onClick={() => remove(number)}
              >
                <IconTrash size={18} />
              </ActionIcon>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
