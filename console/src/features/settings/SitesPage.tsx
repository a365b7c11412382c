import { Text } from "@mantine/core";
import { IconBuilding, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { countryName } from "@/ui/countries";
import { type Column, DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Status } from "@/ui/Status";
import { emergencyGap } from "./sites";

type Site = Stored<"site">;

/** The places of the company. */
export function SitesPage() {
  const { t, i18n } = useTranslation("settings");
  const tenant = useTenant();
  const may = useMay("config.write");
  const sites = useObjects("site");
  const add = may && (
    <ButtonTo
      to="/t/$tenant/settings/sites/$id"
      params={{ tenant, id: "new" }}
      leftSection={<IconPlus size={18} />}
    >
      {t("sites.new")}
    </ButtonTo>
  );
  const columns: Column<Site>[] = [
    {
      key: "name",
      header: t("sites.one"),
      render: (site) => (
        <>
          <LinkTo to="/t/$tenant/settings/sites/$id" params={{ tenant, id: site.id }} fw={600}>
            {site.name || site.id}
          </LinkTo>
          <Text size="xs" c="dimmed">
            {countryName(site.country, i18n.language)} · {site.time_zone.replaceAll("_", " ")}
          </Text>
        </>
      ),
    },
    {
      key: "extensions",
      header: t("sites.extensions"),
      render: (site) => `${site.first_extension}–${site.last_extension}`,
    },
    {
      key: "number",
      header: t("sites.number"),
      wide: true,
      render: (site) => site.number || <Text c="dimmed">{t("sites.noNumber")}</Text>,
    },
    {
      key: "emergency",
      header: t("sites.emergency"),
      render: (site) => {
        const gap = emergencyGap(site);
        return gap ? (
          <Status tone="warning">{t(`sites.gap.${gap}`)}</Status>
        ) : (
          <Status tone="good">{t("sites.complete")}</Status>
        );
      },
    },
  ];
  return (
    <Page title={t("places.sites")} intro={t("sites.intro")} actions={add}>
      <Loaded query={sites}>
        {(rows) => (
          <DataTable
            label={t("places.sites")}
            columns={columns}
            rows={rows}
            rowKey={(site) => site.id}
            empty={
              <EmptyState icon={IconBuilding} title={t("sites.emptyTitle")} action={add}>
                {t("sites.empty")}
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}
