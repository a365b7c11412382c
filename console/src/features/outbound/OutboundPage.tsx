import { Badge, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { type Column, DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/editor";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { useScopeText } from "./Scope";
import { Try } from "./Try";

/** Calls to the outside: who may make which, and how they leave. */
export function OutboundPage() {
  const { t } = useTranslation("outbound");
  return (
    <Page title={t("title")} intro={t("intro")}>
      <Try />
      <Permissions />
      <Routes />
      <Emergency />
    </Page>
  );
}

function Permissions() {
  const { t } = useTranslation("outbound");
  const tenant = useTenant();
  const may = useMay("config.write");
  const permissions = useObjects("permission");
  const scope = useScopeText();
  const columns: Column<Stored<"permission">>[] = [
    {
      key: "name",
      header: t("name", { ns: "common" }),
      render: (one) => (
        <LinkTo to="/t/$tenant/outbound/permissions/$id" params={{ tenant, id: one.id }}>
          {one.name || one.id}
        </LinkTo>
      ),
    },
    { key: "who", header: t("who"), render: (one) => <Text size="sm">{scope(one)}</Text> },
    {
      key: "allow",
      header: t("allow"),
      wide: true,
      render: (one) => (
        <Group gap={4}>
          {one.allow.map((kind) => (
            <Badge key={kind} variant="light" tt="none">
              {t(`class.${kind}`)}
            </Badge>
          ))}
        </Group>
      ),
    },
  ];
  return (
    <Section
      title={t("permissions")}
      hint={t("permissionsHint")}
      actions={
        may && (
          <ButtonTo
            to="/t/$tenant/outbound/permissions/$id"
            params={{ tenant, id: "new" }}
            variant="light"
            leftSection={<IconPlus size={18} />}
          >
            {t("newPermission")}
          </ButtonTo>
        )
      }
    >
      <Loaded query={permissions}>
        {(rows) => (
          <DataTable
            label={t("permissions")}
            columns={columns}
            rows={rows}
            rowKey={(one) => one.id}
            empty={
              <Text size="sm" c="dimmed">
                {t("noPermissions")}
              </Text>
            }
          />
        )}
      </Loaded>
    </Section>
  );
}

function Routes() {
  const { t } = useTranslation("outbound");
  const tenant = useTenant();
  const may = useMay("config.write");
  const routes = useObjects("outbound-route", { sort: "order" });
  const scope = useScopeText();
  const columns: Column<Stored<"outbound-route">>[] = [
    { key: "order", header: t("order"), render: (one) => one.order },
    {
      key: "name",
      header: t("name", { ns: "common" }),
      render: (one) => (
        <Group gap="xs">
          <LinkTo to="/t/$tenant/outbound/routes/$id" params={{ tenant, id: one.id }}>
            {one.name || one.id}
          </LinkTo>
          {one.emergency && (
            <Badge color="red" variant="light" tt="none">
              {t("emergency")}
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: "numbers",
      header: t("numbers"),
      wide: true,
      render: (one) => (
        <Text size="sm">
          {[...one.patterns, ...one.classes.map((kind) => t(`class.${kind}`))].join(", ") || t("any")}
        </Text>
      ),
    },
    { key: "who", header: t("who"), wide: true, render: (one) => <Text size="sm">{scope(one)}</Text> },
    {
      key: "trunks",
      header: t("trunks"),
      render: (one) => <Text size="sm">{one.trunks.map((way) => way.trunk).join(" → ")}</Text>,
    },
  ];
  return (
    <Section
      title={t("routes")}
      hint={t("routesHint")}
      actions={
        may && (
          <ButtonTo
            to="/t/$tenant/outbound/routes/$id"
            params={{ tenant, id: "new" }}
            variant="light"
            leftSection={<IconPlus size={18} />}
          >
            {t("newRoute")}
          </ButtonTo>
        )
      }
    >
      <Loaded query={routes}>
        {(rows) => (
          <DataTable
            label={t("routes")}
            columns={columns}
            rows={rows}
            rowKey={(one) => one.id}
            empty={
              <Text size="sm" c="dimmed">
                {t("noRoutes")}
              </Text>
            }
          />
        )}
      </Loaded>
    </Section>
  );
}

function Emergency() {
  const { t } = useTranslation("outbound");
  const sites = useObjects("site").data ?? [];
  return (
    <Section title={t("emergency")} hint={t("emergencyHint")}>
      <Stack gap={4}>
        {sites.map((site) => (
          <Text size="sm" key={site.id}>
            <b>{site.name || site.id}</b>: {site.location || t("noLocation")} ·{" "}
            {site.emergency_callback || site.number || t("noCallback")}
          </Text>
        ))}
      </Stack>
    </Section>
  );
}
