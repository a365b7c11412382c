import { Box, Button, Divider, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/board";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { Phone } from "./Phone";
import { useAddPhone } from "./useAddPhone";

/** Somebody's telephones, how they are now, and how one more is set up. */
export function PersonPhones({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const mayWrite = useMay("config.write");
  const devices = useObjects("device", { filter: [`user:${person.id}`] });
  const { board } = useLive(useTenant());
  const [adding, { open, close }] = useDisclosure(false);
  return (
    <Section
      title={t("phones")}
      hint={t("phonesHint")}
      actions={
        mayWrite && (
          <Button variant="default" size="xs" leftSection={<IconPlus size={16} />} onClick={open}>
            {t("addPhone")}
          </Button>
        )
      }
    >
      <Loaded query={devices}>
        {(all) =>
          all.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("noPhones")}
            </Text>
          ) : (
            <Stack gap="md">
              {all.map((device, index) => (
                <Box key={device.id}>
                  {index > 0 && <Divider mb="md" />}
                  <Phone person={person} device={device} board={board} />
                </Box>
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal opened={adding} onClose={close} title={t("addPhone")}>
        <AddPhone person={person} onDone={close} />
      </Modal>
    </Section>
  );
}

function AddPhone({ person, onDone }: { person: Stored<"user">; onDone: () => void }) {
  const { t } = useTranslation("people");
  const add = useAddPhone();
  const [name, setName] = useState("");
  const run = useMutation({ mutationFn: () => add(person, name.trim()), onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemAlert error={run.error} />
        <TextInput
          label={t("phoneName")}
          description={t("phoneNameHint")}
          placeholder={t("phoneOf", { name: person.name })}
          maxLength={80}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" loading={run.isPending} style={{ alignSelf: "flex-end" }}>
          {t("addPhone")}
        </Button>
      </Stack>
    </form>
  );
}
