import { Tabs } from "@mantine/core";
import { IconHistory, IconPencilPause, IconShieldCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { DraftPanel } from "./DraftPanel";
import { TestsPanel } from "./TestsPanel";
import { VersionsPanel } from "./VersionsPanel";

/** What waits to be published, what must stay true, and what was in force before. */
export function PublicationPage() {
  const { t } = useTranslation("publication");
  const [tab, setTab] = useState<string | null>("draft");
  return (
    <Page title={t("title")} intro={t("intro")}>
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="lg">
          <Tabs.Tab value="draft" leftSection={<IconPencilPause size={16} aria-hidden />}>
            {t("draft")}
          </Tabs.Tab>
          <Tabs.Tab value="tests" leftSection={<IconShieldCheck size={16} aria-hidden />}>
            {t("tests")}
          </Tabs.Tab>
          <Tabs.Tab value="versions" leftSection={<IconHistory size={16} aria-hidden />}>
            {t("versions")}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="draft">
          <DraftPanel />
        </Tabs.Panel>
        <Tabs.Panel value="tests">
          <TestsPanel />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsPanel />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
