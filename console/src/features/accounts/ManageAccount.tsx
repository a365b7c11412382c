import { ActionIcon, Menu } from "@mantine/core";
import {
  IconDots,
  IconLock,
  IconLockOpen,
  IconLogout,
  IconMailForward,
  IconPencil,
  IconShieldOff,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { Account } from "./accounts";
import { useAccountActions } from "./useAccountActions";

/** All that can be done with an account. */
export function ManageAccount({ account, onChange }: { account: Account; onChange?: () => void }) {
  const { t } = useTranslation("accounts");
  const me = useMe();
  const actions = useAccountActions();
  const own = me.id === account.id;
  const purpose = account.invited ? "invite" : "reset";
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("manage", { login: account.login })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {onChange && (
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={onChange}>
            {t("changeAccount")}
          </Menu.Item>
        )}
        {!account.disabled && (
          <Menu.Item
            leftSection={<IconMailForward size={16} />}
            onClick={() => void actions.makeLink(account, purpose)}
          >
            {t(`newLink.${purpose}`)}
          </Menu.Item>
        )}
        {account.second_factor && (
          <Menu.Item
            leftSection={<IconShieldOff size={16} />}
            onClick={() => actions.takeAway(account, "secondFactor")}
          >
            {t("dropSecondFactor")}
          </Menu.Item>
        )}
        {!account.invited && (
          <Menu.Item
            leftSection={<IconLogout size={16} />}
            onClick={() => actions.takeAway(account, "sessions")}
          >
            {t("endSessions")}
          </Menu.Item>
        )}
        {!own && (
          <>
            <Menu.Divider />
            {account.disabled ? (
              <Menu.Item
                leftSection={<IconLockOpen size={16} />}
                onClick={() => void actions.enable(account)}
              >
                {t("enable")}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconLock size={16} />} onClick={() => actions.disable(account)}>
                {t("disable")}
              </Menu.Item>
            )}
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => actions.takeAway(account, "account")}
            >
              {t("removeAccount")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
