import { Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Status } from "@/ui/Status";
import type { Account } from "./accounts";

/** Whether somebody can sign in, and how well that is guarded. */
export function AccountState({ account }: { account: Account }) {
  const { t } = useTranslation("accounts");
  const state = account.disabled ? "disabled" : account.invited ? "invited" : "active";
  const tone = { disabled: "none", invited: "waiting", active: "good" } as const;
  return (
    <Stack gap={2}>
      <Status tone={tone[state]}>{t(`state.${state}`)}</Status>
      {state === "active" && (
        <Text size="xs" c="dimmed">
          {t(account.second_factor ? "withSecondFactor" : "withoutSecondFactor")}
        </Text>
      )}
    </Stack>
  );
}
