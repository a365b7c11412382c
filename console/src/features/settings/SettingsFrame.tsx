import { Box, Group, Stack } from "@mantine/core";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Action, useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import classes from "./SettingsFrame.module.css";

const PLACES: { key: string; action: Action }[] = [
  { key: "company", action: "config.read" },
  { key: "sites", action: "config.read" },
  { key: "accounts", action: "accounts.read" },
  { key: "plan", action: "config.read" },
  { key: "webhooks", action: "config.read" },
  { key: "configuration", action: "config.read" },
];

/** The pages of a company's settings, and the way from each to the others. */
export function SettingsFrame() {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const me = useMe();
  const here = useRouterState({ select: (state) => state.location.pathname });
  return (
    <Stack gap="lg">
      <Box component="nav" aria-label={t("navigation")} className={classes.places}>
        <Group gap={4} wrap="nowrap">
          {PLACES.filter((place) => me.may.includes(place.action)).map(({ key }) => {
            const to = `/t/${tenant}/settings/${key}`;
            const active = here === to || here.startsWith(`${to}/`);
            return (
              <Link
                key={key}
                to={to}
                className={classes.place}
                data-active={active || undefined}
                aria-current={active ? "page" : undefined}
              >
                {t(`places.${key}`)}
              </Link>
            );
          })}
        </Group>
      </Box>
      <Outlet />
    </Stack>
  );
}
