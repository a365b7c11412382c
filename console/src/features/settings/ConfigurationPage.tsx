import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { ApplyFile } from "./ApplyFile";
import { useCompany } from "./company";
import { exportPath } from "./configuration";

/** The whole configuration as one file: to keep, to compare, to take elsewhere, to bring back. */
export function ConfigurationPage() {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const may = useMay("config.write");
  const waits = useCompany().data?.data.changes === "draft";
  return (
    <Page title={t("places.configuration")} intro={t("file.intro")}>
      <Section title={t("file.out")} hint={t("file.outHint")}>
        <Group>
          <Button
            component="a"
            href={exportPath(tenant)}
            download={`${tenant}.yaml`}
            variant="default"
            leftSection={<IconDownload size={18} />}
          >
            {t("file.download")}
          </Button>
          {waits && (
            <Button
              component="a"
              href={`${exportPath(tenant)}?version=working`}
              download={`${tenant}-draft.yaml`}
              variant="subtle"
              leftSection={<IconDownload size={18} />}
            >
              {t("file.downloadWorking")}
            </Button>
          )}
        </Group>
      </Section>
      {may && <ApplyFile />}
    </Page>
  );
}
