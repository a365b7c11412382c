import { Badge, Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCircleCheck, IconPlus, IconRoute } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { type Column, DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { type Finding, useFindings } from "./api";
import { useEntries } from "./entries";
import { COLORS } from "./FindingsPanel";
import type { FlowDoc } from "./graph";
import { NewFlow } from "./NewFlow";

/** All call flows: what leads into each, and what the checker says of it. */
export function FlowsPage() {
  const { t } = useTranslation("flows");
  const tenant = useTenant();
  const may = useMay("config.write");
  const flows = useObjects("flow");
  const findings = useFindings().data;
  const entries = useEntries();
  const [making, { open, close }] = useDisclosure(false);
  const make = may && (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t("new")}
    </Button>
  );
  const columns: Column<FlowDoc>[] = [
    {
      key: "name",
      header: t("name"),
      render: (flow) => (
        <LinkTo to="/t/$tenant/flows/$id" params={{ tenant, id: flow.id }} fw={600}>
          {flow.name || flow.id}
        </LinkTo>
      ),
    },
    {
      key: "leads",
      header: t("leads"),
      render: (flow) => {
        const found = entries(flow);
        return found.length ? (
          <Text size="sm">{found.join(", ")}</Text>
        ) : (
          <Text size="sm" c="dimmed">
            {t("leadsNone")}
          </Text>
        );
      },
    },
    {
      key: "steps",
      header: t("steps"),
      align: "right",
      wide: true,
      render: (flow) => Object.keys(flow.nodes).length,
    },
    {
      key: "check",
      header: t("check"),
      render: (flow) => (
        <State findings={findings?.filter((one) => one.kind === "flow" && one.id === flow.id)} />
      ),
    },
  ];
  return (
    <Page title={t("title")} intro={t("intro")} actions={make}>
      <Loaded query={flows}>
        {(rows) => (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={rows}
            rowKey={(flow) => flow.id}
            empty={
              <EmptyState icon={IconRoute} title={t("emptyTitle")} action={make}>
                {t("empty")}
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {making && <NewFlow close={close} />}
    </Page>
  );
}

/** How many things the checker has to say, by how bad they are. */
function State({ findings }: { findings: Finding[] | undefined }) {
  const { t } = useTranslation("flows");
  if (!findings) return null;
  if (findings.length === 0) {
    return (
      <Group gap={4} wrap="nowrap">
        <IconCircleCheck size={16} color="var(--mantine-color-teal-6)" aria-hidden />
        <Text size="sm">{t("allWell")}</Text>
      </Group>
    );
  }
  return (
    <Group gap={6}>
      {(["error", "warning", "hint"] as const).map((severity) => {
        const count = findings.filter((one) => one.severity === severity).length;
        if (count === 0) return null;
        return (
          <Badge key={severity} variant="light" color={COLORS[severity] ?? "gray"} tt="none">
            {t(`${severity}Count`, { count })}
          </Badge>
        );
      })}
    </Group>
  );
}
