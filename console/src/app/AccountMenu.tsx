import {
  Avatar,
  Group,
  Menu,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { IconLanguage, IconLogout, IconMoon, IconSun, IconUserCog } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe, useSignOut } from "@/api/session";
import { speak } from "@/i18n";
import { notifyProblem } from "@/ui/saved";

/** Who has signed in, how the pages look and speak, and the way out. */
export function AccountMenu() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const signOut = useSignOut();
  const { colorScheme, toggleColorScheme } = useMantineColorScheme();
  const other = i18n.language === "es" ? "en" : "es";
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton>
          <VisuallyHidden>{t("myAccount")}</VisuallyHidden>
          <Group gap="xs" wrap="nowrap">
            <Avatar name={me.name} color="azulejo" variant="filled" radius="xl" size={32} aria-hidden />
            <Text size="sm" visibleFrom="sm" maw={160} truncate>
              {me.name || me.login}
            </Text>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.login}</Menu.Label>
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCog size={16} />}>
          {t("myAccount")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLanguage size={16} />} onClick={() => void speak(other)} lang={other}>
          {other === "es" ? "Español" : "English"}
        </Menu.Item>
        <Menu.Item
          leftSection={colorScheme === "dark" ? <IconSun size={16} /> : <IconMoon size={16} />}
          onClick={toggleColorScheme}
        >
          {t(colorScheme === "dark" ? "light" : "dark")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut().catch(notifyProblem)}>
          {t("signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
