import { AppShell, Box, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { AccountMenu } from "./AccountMenu";
import { Brand } from "./Brand";
import { DraftBanner } from "./DraftBanner";
import { offered, PLATFORM_PLACES, type Place, TENANT_AREAS } from "./navigation";
import classes from "./Shell.module.css";
import { TenantSwitch } from "./TenantSwitch";

/** The frame around every page: where one can go at the side, whose company and account above. */
export function Shell() {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const here = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu of a telephone
  useEffect(close, [here]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 250, breakpoint: "md", collapsed: { mobile: !opened } }}
      padding={{ base: "md", md: "xl" }}
    >
      <a href="#main" className={classes.skip}>
        {t("skip")}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="md" size="sm" aria-label={t("menu")} />
            <Link to="/" className={classes.brand}>
              <Brand />
            </Link>
            <TenantSwitch />
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t("navigation")}>
        <ScrollArea p="sm">
          <Places here={here} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Box maw={1440} mx="auto">
          <DraftBanner />
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

function Places({ here }: { here: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const { tenant = me.tenant } = useParams({ strict: false });
  const platform = PLATFORM_PLACES.filter((place) => offered(place, me));
  const areas = tenant
    ? TENANT_AREAS.map((area) => ({ ...area, places: area.places.filter((place) => offered(place, me)) }))
    : [];
  return (
    <>
      {areas
        .filter((area) => area.places.length > 0)
        .map((area) => (
          <Section
            key={area.key}
            name={t(`area.${area.key}`)}
            places={area.places}
            base={`/t/${tenant}`}
            here={here}
          />
        ))}
      {platform.length > 0 && (
        <Section name={t("area.platform")} places={platform} base="/platform" here={here} />
      )}
    </>
  );
}

function Section({
  name,
  places,
  base,
  here,
}: {
  name: string;
  places: Place[];
  base: string;
  here: string;
}) {
  const { t } = useTranslation();
  return (
    <Box component="section" aria-label={name} mb="md">
      <Text size="xs" fw={700} tt="uppercase" c="dimmed" px="sm" mb={4} className={classes.section}>
        {name}
      </Text>
      {places.map(({ key, icon: Icon, path }) => {
        const to = `${base}/${path}`;
        const active = here === to || here.startsWith(`${to}/`);
        return (
          <NavLink
            key={key}
            component={Link}
            to={to}
            label={t(`nav.${key}`)}
            leftSection={<Icon size={19} stroke={1.7} />}
            active={active}
            aria-current={active ? "page" : undefined}
            className={classes.place}
          />
        );
      })}
    </Box>
  );
}
