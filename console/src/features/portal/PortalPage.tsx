import { Badge, ScrollArea, SimpleGrid, Stack, Tabs } from "@mantine/core";
import {
  IconArrowForwardUp,
  IconBan,
  IconDeviceMobile,
  IconHistory,
  IconMessage2,
  IconRecordMail,
} from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ComponentType, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { EmptyState } from "@/ui/EmptyState";
import { Page } from "@/ui/Page";
import { ClickToCall } from "./ClickToCall";
import { Messages } from "./Messages";
import { MyCalls } from "./MyCalls";
import { useMessages } from "./messages";
import { Blocking } from "./own/Blocking";
import { Devices } from "./own/Devices";
import { DoNotDisturb } from "./own/DoNotDisturb";
import { FollowMe } from "./own/FollowMe";
import { Forwarding } from "./own/Forwarding";
import { Greeting } from "./own/Greeting";
import { OwnHours } from "./own/OwnHours";
import { useDirectory } from "./own/settings";
import { VoicemailPin, VoicemailSettings } from "./own/VoicemailSettings";
import { TABS, type Tab } from "./tabs";

const ICONS: Record<Tab, ComponentType<{ size?: number }>> = {
  calls: IconHistory,
  messages: IconMessage2,
  forward: IconArrowForwardUp,
  mailbox: IconRecordMail,
  devices: IconDeviceMobile,
  block: IconBan,
};

/** What everybody with an extension does for themselves. */
export function PortalPage() {
  const { t } = useTranslation("portal");
  const me = useMe();
  const tenant = useTenant();
  if (!me.user || me.tenant !== tenant) {
    return (
      <Page title={t("title")}>
        <EmptyState icon={IconDeviceMobile} title={t("noUser")}>
          {t("noUserHint")}
        </EmptyState>
      </Page>
    );
  }
  return <Portal user={me.user} />;
}

function Portal({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const me = useMe();
  const own = useDirectory().data?.find((one) => one.user === user);
  const { tab = "calls" } = useSearch({ strict: false }) as { tab?: Tab };
  const navigate = useNavigate();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a telephone the tab may be beyond the edge
  useEffect(() => {
    document
      .querySelector("[role=tab][aria-selected=true]")
      ?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [tab]);
  const go = (next: string | null) =>
    next && void navigate({ to: ".", search: { tab: next as Tab }, replace: true, resetScroll: false });
  return (
    <Page
      title={own?.name || me.name || t("title")}
      intro={own?.extension ? t("extension", { extension: own.extension }) : undefined}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <DoNotDisturb user={user} />
        <ClickToCall />
      </SimpleGrid>
      <Tabs value={tab} onChange={go} keepMounted={false}>
        <ScrollArea type="never">
          <Tabs.List style={{ flexWrap: "nowrap" }}>
            {TABS.map((one) => (
              <OneTab key={one} tab={one} user={user} />
            ))}
          </Tabs.List>
        </ScrollArea>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one} pt="lg">
            <Panel tab={one} user={user} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

function OneTab({ tab, user }: { tab: Tab; user: string }) {
  const { t } = useTranslation("portal");
  const Icon = ICONS[tab];
  const waiting = useMessages(user).data?.pages[0]?.items.filter((one) => !one.heard).length ?? 0;
  const count = tab === "messages" ? waiting : 0;
  return (
    <Tabs.Tab
      value={tab}
      leftSection={<Icon size={18} />}
      rightSection={
        count > 0 ? (
          <Badge size="sm" circle aria-label={t("waiting", { count })}>
            {count}
          </Badge>
        ) : undefined
      }
    >
      {t(`tab.${tab}`)}
    </Tabs.Tab>
  );
}

function Panel({ tab, user }: { tab: Tab; user: string }) {
  switch (tab) {
    case "calls":
      return <MyCalls user={user} />;
    case "messages":
      return <Messages user={user} />;
    case "forward":
      return (
        <Stack>
          <Forwarding user={user} />
          <FollowMe user={user} />
          <OwnHours user={user} />
        </Stack>
      );
    case "mailbox":
      return (
        <Stack>
          <VoicemailSettings user={user} />
          <Greeting user={user} />
          <VoicemailPin user={user} />
        </Stack>
      );
    case "devices":
      return <Devices user={user} />;
    case "block":
      return <Blocking user={user} />;
  }
}
