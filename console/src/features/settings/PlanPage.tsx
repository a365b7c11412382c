import { Alert, Group, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconInfinity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";
import { number } from "@/i18n/format";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { Status } from "@/ui/Status";

type Plan = components["schemas"]["TenantPlan"];
type LimitUse = components["schemas"]["LimitUse"];

/** What the company may have, and how much of it is used. */
export function PlanPage() {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const plan = useQuery({
    queryKey: ["configuration", tenant, "plan"],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/plan", { params: { path: { tenant } } })),
  });
  return (
    <Page title={t("places.plan")} intro={t("plan.intro")}>
      <Loaded query={plan}>{(found) => <PlanShown plan={found} />}</Loaded>
    </Page>
  );
}

function PlanShown({ plan }: { plan: Plan }) {
  const { t } = useTranslation("settings");
  return (
    <>
      {plan.id === null && (
        <Alert color="teal" icon={<IconInfinity />} title={t("plan.none")}>
          {t("plan.noneHint")}
        </Alert>
      )}
      <Section title={plan.id === null ? t("plan.used") : plan.name} hint={t("plan.limitsHint")}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl" verticalSpacing="lg">
          {plan.limits.map((one) => (
            <Usage key={one.limit} use={one} />
          ))}
        </SimpleGrid>
      </Section>
      <Section title={t("plan.functions")}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {plan.functions.map((one) => (
            <Stack key={one.function} gap={2}>
              <Status tone={one.included ? "good" : "none"}>
                {t(`plan.function.${one.function}`)} ·{" "}
                {t(one.included ? "plan.included" : "plan.notIncluded")}
              </Status>
              {one.used > 0 && (
                <Text size="xs" c="dimmed" pl={24}>
                  {t(one.included ? "plan.inUse" : "plan.inUseAnyway", { count: one.used })}
                </Text>
              )}
            </Stack>
          ))}
        </SimpleGrid>
      </Section>
    </>
  );
}

function Usage({ use }: { use: LimitUse }) {
  const { t } = useTranslation("settings");
  const { allowed, used } = use;
  const name = t(`plan.limit.${use.limit}`);
  const count = used === null ? t("plan.unknown") : number(used);
  const said = allowed === null ? count : t("plan.of", { used: count, allowed: number(allowed) });
  const share = allowed === null || used === null ? 0 : allowed === 0 ? 100 : (used / allowed) * 100;
  const full = allowed !== null && used !== null && used >= allowed;
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="sm">{said}</Text>
      </Group>
      {allowed !== null && (
        <Progress.Root size="md">
          <Progress.Section
            value={Math.min(100, share)}
            color={use.over ? "red" : full ? "lamp" : undefined}
            aria-label={name}
            aria-valuetext={said}
          />
        </Progress.Root>
      )}
      <Text size="xs" c="dimmed">
        {allowed === null
          ? t("plan.unlimited")
          : t(use.over ? "plan.over" : full ? "plan.full" : `plan.limitHint.${use.limit}`)}
      </Text>
    </Stack>
  );
}
