import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  List,
  Paper,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconCheck, IconDeviceMobile, IconInfoCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { wordsOf } from "@/api/problem";
import { useTenant } from "@/api/tenant";
import { useSetupDialog } from "@/features/personal/useSetupDialog";
import { Doorstep } from "@/features/session/Doorstep";
import { CopyField } from "@/ui/CopyField";
import { ButtonTo } from "@/ui/LinkTo";
import type { Invitation, Made } from "./making";

/** It runs: the telephones' accounts, shown this once; what to dial; where to go next. */
export function DoneStep({ made }: { made: Made }) {
  const { t } = useTranslation("setup");
  return (
    <Doorstep wide title={t("done")} intro={t("doneIntro")}>
      <Stack gap="xl">
        <Phones made={made} />
        {made.invitations.length > 0 && <Invitations invitations={made.invitations} />}
        <ToDial made={made} />
        <Next />
      </Stack>
    </Doorstep>
  );
}

function Phones({ made }: { made: Made }) {
  const { t } = useTranslation("setup");
  const dialog = useSetupDialog();
  return (
    <Stack component="section" gap="sm" aria-labelledby="done-phones">
      <Title order={2} size="h4" id="done-phones">
        {t("phones")}
      </Title>
      <Alert icon={<IconInfoCircle />} color="lamp">
        {t("phonesHint")}
      </Alert>
      {made.outcome.credentials.map((account) => {
        const name = made.names.get(account.user) ?? account.user;
        return (
          <Paper key={account.device} withBorder p="md" role="group" aria-label={name}>
            <Group justify="space-between" mb="xs">
              <Group gap="sm">
                <Text fw={600}>{name}</Text>
                <Badge variant="light" tt="none">
                  {t("extension", { extension: account.extension })}
                </Badge>
              </Group>
              <Button
                variant="light"
                leftSection={<IconDeviceMobile size={18} />}
                loading={dialog.asking === account.device}
                onClick={() => dialog.ask(account.user, account.device, account.password)}
              >
                {t("showQr")}
              </Button>
            </Group>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <CopyField label={t("phoneUser")} value={account.username} />
              <CopyField label={t("phonePassword")} value={account.password} />
            </SimpleGrid>
          </Paper>
        );
      })}
    </Stack>
  );
}

function Invitations({ invitations }: { invitations: Invitation[] }) {
  const { t } = useTranslation("setup");
  return (
    <Stack component="section" gap="sm" aria-labelledby="done-invitations">
      <Title order={2} size="h4" id="done-invitations">
        {t("invitations")}
      </Title>
      <Text size="sm">{t("invitationsHint")}</Text>
      {invitations.map(({ name, mail, url, error }) =>
        url ? (
          <CopyField key={mail} label={`${name} · ${mail}`} value={url} />
        ) : (
          <Group key={mail} gap="xs">
            {!error && <IconCheck size={18} aria-hidden />}
            <Text size="sm">
              {error ? t("notInvited", { name, reason: wordsOf(error) }) : t("invitedByMail", { name, mail })}
            </Text>
          </Group>
        ),
      )}
    </Stack>
  );
}

function ToDial({ made }: { made: Made }) {
  const { t } = useTranslation("setup");
  const other = made.outcome.credentials.at(-1);
  const rows: [string, string][] = [
    ["*43", t("dial.echo")],
    ...(other
      ? [[other.extension, t("dial.person", { name: made.names.get(other.user) ?? "" })] as [string, string]]
      : []),
    [made.tryIt, t("dial.flow")],
    ["*97", t("dial.voicemail")],
    ["*78 / *79", t("dial.dnd")],
  ];
  return (
    <Stack component="section" gap="sm" aria-labelledby="done-dial">
      <Title order={2} size="h4" id="done-dial">
        {t("toDial")}
      </Title>
      <Table>
        <Table.Tbody>
          {rows.map(([code, what]) => (
            <Table.Tr key={code}>
              <Table.Th scope="row" w="8.5rem">
                <Code fz="md">{code}</Code>
              </Table.Th>
              <Table.Td>{what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {made.number && <Text size="sm">{t("dialNumber", { number: made.number })}</Text>}
    </Stack>
  );
}

function Next() {
  const { t } = useTranslation("setup");
  const tenant = useTenant();
  return (
    <Stack component="section" gap="sm" aria-labelledby="done-next">
      <Title order={2} size="h4" id="done-next">
        {t("where")}
      </Title>
      <List size="sm" spacing={4}>
        <List.Item>{t("where1")}</List.Item>
        <List.Item>{t("where2")}</List.Item>
        <List.Item>{t("where3")}</List.Item>
      </List>
      <Group>
        <ButtonTo to={`/t/${tenant}/start` as "/"}>{t("toConsole")}</ButtonTo>
      </Group>
    </Stack>
  );
}
