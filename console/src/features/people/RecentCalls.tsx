import { Box, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import type { Stored } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { duration, instant } from "@/i18n/format";
import { DataTable } from "@/ui/DataTable";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { otherParty } from "./parties";

type Call = components["schemas"]["CallBody"];
const SHOWN = 10;

/** Somebody's latest calls, made and received. */
export function RecentCalls({ person }: { person: Stored<"user"> }) {
  return useMay("calls.read") ? <Calls person={person} /> : null;
}

function Calls({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const calls = useQuery({
    queryKey: ["calls", tenant, "of", person.id],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/calls", {
          params: { path: { tenant }, query: { user: person.id, limit: SHOWN } },
        }),
      ),
  });
  return (
    <Section title={t("recentCalls")}>
      <Loaded query={calls}>
        {({ items }) => (
          <DataTable
            label={t("recentCalls")}
            rows={items}
            rowKey={(one) => one.id}
            empty={
              <Text size="sm" c="dimmed">
                {t("noCalls")}
              </Text>
            }
            columns={[
              { key: "at", header: t("callAt"), render: (one) => instant(one.started_at) },
              { key: "with", header: t("callWith"), render: (one) => <Party call={one} person={person} /> },
              { key: "outcome", header: t("callOutcome"), render: (one) => t(`outcome.${one.outcome}`) },
              {
                key: "connected",
                header: t("callLength"),
                align: "right",
                wide: true,
                render: (one) => (one.connected ? duration(one.connected) : ""),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Party({ call: one, person }: { call: Call; person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const { made, number, name } = otherParty(one, person.id);
  return (
    <Box>
      <Text size="sm">{name || number || t("withheld")}</Text>
      <Text size="xs" c="dimmed">
        {[t(made ? "callMade" : "callReceived"), name ? number : ""].filter(Boolean).join(" · ")}
      </Text>
    </Box>
  );
}
