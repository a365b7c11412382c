import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconUserPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/ui/DataTable";
import { formErrors } from "@/ui/formErrors";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useAccountPages, useInvite } from "./accounts";
import { useAccountColumns } from "./columns";
import { useTellLink } from "./LinkShown";
import { ManageAccount } from "./ManageAccount";

/** Everybody who signs in to this installation; those who administer all of it are made here. */
export function PlatformAccountsPage() {
  const { t } = useTranslation("accounts");
  const accounts = useAccountPages();
  const [inviting, { open, close }] = useDisclosure(false);
  const columns = useAccountColumns();
  return (
    <Page
      title={t("platformTitle")}
      intro={t("platformIntro")}
      actions={
        <Button leftSection={<IconUserPlus size={18} />} onClick={open}>
          {t("invitePlatform")}
        </Button>
      }
    >
      <Loaded query={accounts}>
        {({ pages }) => (
          <DataTable
            label={t("platformTitle")}
            columns={[
              columns.who,
              columns.role,
              {
                key: "tenant",
                header: t("company", { ns: "common" }),
                wide: true,
                render: ({ tenant }) =>
                  tenant ? (
                    <LinkTo to="/t/$tenant/settings/accounts" params={{ tenant }} size="sm">
                      {tenant}
                    </LinkTo>
                  ) : (
                    t("allCompanies")
                  ),
              },
              columns.state,
              columns.seen,
              {
                key: "manage",
                header: "",
                align: "right",
                render: (account) => <ManageAccount account={account} />,
              },
            ]}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(account) => account.id}
            more={{
              has: accounts.hasNextPage,
              loading: accounts.isFetchingNextPage,
              load: () => void accounts.fetchNextPage(),
            }}
          />
        )}
      </Loaded>
      <Modal opened={inviting} onClose={close} title={t("invitePlatform")}>
        <InviteAdministrator onDone={close} />
      </Modal>
    </Page>
  );
}

function InviteAdministrator({ onDone }: { onDone: () => void }) {
  const { t, i18n } = useTranslation("accounts");
  const invite = useInvite();
  const tellLink = useTellLink();
  const form = useForm({ initialValues: { login: "", name: "" } });
  const submit = form.onSubmit(({ login, name }) =>
    invite.mutate(
      {
        login: login.trim(),
        name,
        role: "platform",
        tenant: "",
        user: "",
        queues: [],
        language: i18n.language === "en" ? "en" : "es",
      },
      {
        onSuccess: (made) => {
          onDone();
          tellLink(made.link, made.login);
        },
        onError: (problem) => form.setErrors(formErrors(problem)),
      },
    ),
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <ProblemAlert error={invite.error} />
        <TextInput
          label={t("login")}
          description={t("loginHint")}
          type="email"
          autoComplete="off"
          required
          {...form.getInputProps("login")}
        />
        <TextInput label={t("name", { ns: "common" })} autoComplete="off" {...form.getInputProps("name")} />
        <Button type="submit" loading={invite.isPending} style={{ alignSelf: "flex-end" }}>
          {t("sendInvitation")}
        </Button>
      </Stack>
    </form>
  );
}
