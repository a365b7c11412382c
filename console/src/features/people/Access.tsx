import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMail } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Stored } from "@/api/objects";
import { useMay, useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { ChangeDialog, InviteDialog } from "@/features/accounts/AccountDialogs";
import { AccountState } from "@/features/accounts/AccountState";
import {
  type Account,
  COMPANY_ROLES,
  type Role,
  useAccounts,
  useChangeAccount,
} from "@/features/accounts/accounts";
import { ManageAccount } from "@/features/accounts/ManageAccount";
import { instant } from "@/i18n/format";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { notifyDone, notifyProblem } from "@/ui/saved";

/** Whether somebody can sign in to the console, and what they may do there. */
export function Access({ person }: { person: Stored<"user"> }) {
  return useMay("accounts.read") ? <Accounts person={person} /> : null;
}

function Accounts({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const mayWrite = useMay("accounts.write");
  const accounts = useAccounts(useTenant());
  const [inviting, { open, close }] = useDisclosure(false);
  return (
    <Section title={t("access")} hint={t("accessHint")}>
      <Loaded query={accounts}>
        {(all) => {
          const theirs = all.filter((account) => account.user === person.id);
          if (theirs.length > 0) {
            return theirs.map((account) => <One key={account.id} account={account} mayWrite={mayWrite} />);
          }
          return (
            <Stack gap="sm" align="flex-start">
              <Text size="sm">{t("noAccess", { name: person.name })}</Text>
              {mayWrite && (
                <Button size="xs" variant="light" leftSection={<IconMail size={16} />} onClick={open}>
                  {t("inviteThem")}
                </Button>
              )}
            </Stack>
          );
        }}
      </Loaded>
      <InviteDialog
        key={String(inviting)}
        opened={inviting}
        onClose={close}
        initial={{ login: person.mail ?? "", name: person.name, user: person.id }}
      />
    </Section>
  );
}

function One({ account, mayWrite }: { account: Account; mayWrite: boolean }) {
  const { t } = useTranslation("people");
  const me = useMe();
  const own = me.id === account.id;
  const change = useChangeAccount();
  const [changing, { open, close }] = useDisclosure(false);
  const setRole = (role: Role) =>
    change.mutate(
      { id: account.id, fields: { role, ...(role === "supervisor" ? {} : { queues: [] }) } },
      { onSuccess: () => notifyDone(t("roleChanged")), onError: notifyProblem },
    );
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
            {account.login}
          </Text>
          <AccountState account={account} />
          <Text size="xs" c="dimmed">
            {account.signed_in_at ? t("signedIn", { at: instant(account.signed_in_at) }) : t("neverSignedIn")}
          </Text>
        </Stack>
        {mayWrite && <ManageAccount account={account} onChange={open} />}
      </Group>
      <Select
        label={t("role", { ns: "accounts" })}
        description={t(`roleHint.${account.role}`, { ns: "accounts" })}
        data={COMPANY_ROLES.map((role) => ({ value: role, label: t(`roles.${role}`, { ns: "accounts" }) }))}
        allowDeselect={false}
        disabled={!mayWrite || own || change.isPending}
        value={account.role}
        onChange={(role) => role && setRole(role as Role)}
      />
      <ChangeDialog account={changing ? account : null} own={own} onClose={close} />
    </Stack>
  );
}
