import { SimpleGrid, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Page } from "@/ui/Page";
import { Password } from "./Password";
import { Profile } from "./Profile";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";

/** One's own account: who I am, how I sign in, and which programs act for me. */
export function AccountPage() {
  const { t } = useTranslation("account");
  const me = useMe();
  return (
    <Page title={t("title")} intro={t("intro", { login: me.login })}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" style={{ alignItems: "start" }}>
        <Stack gap="lg">
          <Profile />
          <Password />
        </Stack>
        <Stack gap="lg">
          <SecondFactor />
          <Sessions />
        </Stack>
      </SimpleGrid>
      <Tokens />
    </Page>
  );
}
