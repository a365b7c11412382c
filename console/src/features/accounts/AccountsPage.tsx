import { Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { useMay, useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { DataTable } from "@/ui/DataTable";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { SearchInput } from "@/ui/SearchInput";
import { ChangeDialog, InviteDialog } from "./AccountDialogs";
import { type Account, useAccounts } from "./accounts";
import { useAccountColumns } from "./columns";
import { ManageAccount } from "./ManageAccount";
import { matching } from "./matching";

/** Who signs in to the console of this company, and what they may do. */
export function AccountsPage() {
  const { t } = useTranslation("accounts");
  const me = useMe();
  const mayWrite = useMay("accounts.write");
  const accounts = useAccounts(useTenant());
  const [search, setSearch] = useState("");
  const [inviting, { open, close }] = useDisclosure(false);
  const [changing, setChanging] = useState<Account | null>(null);
  const columns = useAccountColumns();
  return (
    <Page
      title={t("title")}
      intro={t("intro")}
      actions={
        mayWrite && (
          <Button leftSection={<IconUserPlus size={18} />} onClick={open}>
            {t("invite")}
          </Button>
        )
      }
    >
      <Loaded query={accounts}>
        {(all) => (
          <>
            <SearchInput label={t("searchAccounts")} value={search} onChange={setSearch} />
            <DataTable
              label={t("title")}
              columns={[
                columns.who,
                { ...columns.role, render: (account) => <RoleOf account={account} /> },
                columns.state,
                columns.seen,
                ...(mayWrite
                  ? [
                      {
                        key: "manage",
                        header: "",
                        align: "right" as const,
                        render: (account: Account) => (
                          <ManageAccount account={account} onChange={() => setChanging(account)} />
                        ),
                      },
                    ]
                  : []),
              ]}
              rows={matching(all, search)}
              rowKey={(account) => account.id}
            />
          </>
        )}
      </Loaded>
      <InviteDialog key={String(inviting)} opened={inviting} onClose={close} />
      <ChangeDialog account={changing} own={changing?.id === me.id} onClose={() => setChanging(null)} />
    </Page>
  );
}

function RoleOf({ account }: { account: Account }) {
  const { t } = useTranslation("accounts");
  const tenant = useTenant();
  const queues = useObjects("queue").data ?? [];
  const users = useObjects("user").data ?? [];
  const user = users.find((one) => one.id === account.user);
  const names = account.queues.map((id) => queues.find((queue) => queue.id === id)?.name || id);
  return (
    <>
      <Text size="sm">{t(`roles.${account.role}`)}</Text>
      {names.length > 0 && (
        <Text size="xs" c="dimmed">
          {t("ofQueues", { queues: names.join(", ") })}
        </Text>
      )}
      {user && (
        <LinkTo to="/t/$tenant/people/$user" params={{ tenant, user: user.id }} size="xs">
          {t("isPerson", { name: user.name })}
        </LinkTo>
      )}
    </>
  );
}
