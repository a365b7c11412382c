import { Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { notifyDone } from "@/ui/saved";
import { AccountForm, type AccountValues } from "./AccountForm";
import { type Account, useChangeAccount, useInvite } from "./accounts";
import { useTellLink } from "./LinkShown";

interface InviteProps {
  opened: boolean;
  onClose: () => void;
  /** What is known already of who is invited. */
  initial?: Partial<AccountValues>;
}

/** Invite somebody of the company to the console. */
export function InviteDialog({ opened, onClose, initial }: InviteProps) {
  const { t, i18n } = useTranslation("accounts");
  const tenant = useTenant();
  const invite = useInvite();
  const tellLink = useTellLink();
  const language = i18n.language === "en" ? "en" : "es";
  const submit = async (values: AccountValues) => {
    const made = await invite.mutateAsync({ ...values, tenant });
    onClose();
    tellLink(made.link, made.login);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("invite")} size="lg">
      <AccountForm
        initial={{ login: "", name: "", role: "user", user: "", queues: [], language, ...initial }}
        userFixed={Boolean(initial?.user)}
        submitLabel={t("sendInvitation")}
        onSubmit={submit}
        error={invite.error}
        pending={invite.isPending}
      />
    </Modal>
  );
}

interface ChangeProps {
  account: Account | null;
  own: boolean;
  onClose: () => void;
}

/** Change what somebody's account may do, and whose it is. */
export function ChangeDialog({ account, own, onClose }: ChangeProps) {
  const { t } = useTranslation("accounts");
  const change = useChangeAccount();
  if (!account) return null;
  const { login, name, role, user, queues } = account;
  const language = account.language === "en" ? "en" : "es";
  const submit = async (fields: AccountValues) => {
    await change.mutateAsync({ id: account.id, fields });
    onClose();
    notifyDone(t("changed", { login: fields.login }));
  };
  return (
    <Modal opened onClose={onClose} title={t("changeOf", { login })} size="lg">
      <AccountForm
        initial={{ login, name, role, user, queues, language }}
        roleFixed={own}
        submitLabel={t("save", { ns: "common" })}
        onSubmit={submit}
        error={change.error}
        pending={change.isPending}
      />
    </Modal>
  );
}
