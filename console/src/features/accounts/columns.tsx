import { Box, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { instant } from "@/i18n/format";
import type { Column } from "@/ui/DataTable";
import { AccountState } from "./AccountState";
import type { Account } from "./accounts";

/** What tables of accounts show, whosever they are. */
export function useAccountColumns(): Record<"who" | "role" | "state" | "seen", Column<Account>> {
  const { t } = useTranslation("accounts");
  return {
    who: {
      key: "who",
      header: t("who"),
      render: (account) => (
        <Box>
          <Text size="sm" fw={600}>
            {account.name || account.login}
          </Text>
          {account.name && (
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {account.login}
            </Text>
          )}
        </Box>
      ),
    },
    role: { key: "role", header: t("role"), render: (account) => t(`roles.${account.role}`) },
    state: { key: "state", header: t("stateOf"), render: (account) => <AccountState account={account} /> },
    seen: {
      key: "seen",
      header: t("signedIn"),
      wide: true,
      render: (account) => instant(account.signed_in_at) || t("never"),
    },
  };
}
