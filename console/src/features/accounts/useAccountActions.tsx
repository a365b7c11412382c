import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { notifyDone, notifyProblem } from "@/ui/saved";
import {
  type Account,
  type LinkPurpose,
  type Removal,
  useChangeAccount,
  useMakeLink,
  useTakeAway,
} from "./accounts";
import { useTellLink } from "./LinkShown";

/** What an administrator does with somebody's account; what takes something away asks first. */
export function useAccountActions() {
  const { t } = useTranslation("accounts");
  const link = useMakeLink();
  const tellLink = useTellLink();
  const away = useTakeAway();
  const change = useChangeAccount();

  const ask = (account: Account, what: Removal | "disable", act: () => Promise<unknown>) =>
    modals.openConfirmModal({
      title: t(`ask.${what}`, { login: account.login }),
      children: <Text size="sm">{t(`askHint.${what}`)}</Text>,
      labels: { confirm: t(`askYes.${what}`), cancel: t("cancel", { ns: "common" }) },
      confirmProps: { color: "red" },
      onConfirm: () =>
        act().then(() => notifyDone(t(`done.${what}`, { login: account.login })), notifyProblem),
    });

  return {
    makeLink: (account: Account, purpose: LinkPurpose) =>
      link
        .mutateAsync({ id: account.id, purpose })
        .then((made) => tellLink(made, account.login), notifyProblem),
    takeAway: (account: Account, what: Removal) =>
      ask(account, what, () => away.mutateAsync({ id: account.id, what })),
    disable: (account: Account) =>
      ask(account, "disable", () => change.mutateAsync({ id: account.id, fields: { disabled: true } })),
    enable: (account: Account) =>
      change
        .mutateAsync({ id: account.id, fields: { disabled: false } })
        .then(() => notifyDone(t("done.enable", { login: account.login })), notifyProblem),
  };
}
