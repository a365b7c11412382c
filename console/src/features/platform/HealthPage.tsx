import { Alert, Badge, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { fetchRaw } from "@/api/client";
import { instant, number } from "@/i18n/format";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import type { Health } from "./health";

/** Whether everything runs, what depends on what, and what to do where it does not. */
export function HealthPage() {
  const { t } = useTranslation("platform");
  const health = useQuery({
    queryKey: ["health"],
    queryFn: async (): Promise<Health> => {
      // 503 says the same as 200: something does not run
      const response = await fetch("/api/v1/health");
      return response.status === 503 ? response.json() : (await fetchRaw("/api/v1/health")).json();
    },
    refetchInterval: 5000,
  });
  return (
    <Page title={t("health.title")} intro={t("health.intro")}>
      <Loaded query={health}>{(now) => <All now={now} />}</Loaded>
    </Page>
  );
}

function All({ now }: { now: Health }) {
  const { t } = useTranslation("platform");
  const { switch: exchange, database, jobs, processes } = now;
  return (
    <Stack>
      <Alert
        color={now.ok ? "azulejo" : "red"}
        icon={now.ok ? <IconCheck /> : <IconX />}
        title={t(now.ok ? "health.fine" : "health.trouble")}
      >
        {t("health.version", { version: now.version })}
      </Alert>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Part name="switch" ok={exchange.ok}>
          {exchange.calls !== null && (
            <Text size="sm">
              {t("health.carries", {
                calls: number(exchange.calls),
                phones: number(exchange.registrations ?? 0),
              })}
            </Text>
          )}
          {exchange.media.map((one) => (
            <Text key={one.worker} size="sm">
              {t(one.up ? "health.media" : "health.mediaDown", {
                worker: one.worker,
                used: number(one.ports_in_use),
                free: number(one.ports_free),
              })}
            </Text>
          ))}
        </Part>
        {exchange.journal && <Part name="journal" ok={exchange.journal.ok} />}
        <Part name="database" ok={database.ok} />
        <Part name="jobs" ok={jobs.ok}>
          <Text size="sm">
            {t("health.behind", {
              size: number(Math.round((jobs.behind_bytes ?? 0) / 1024)),
              mails: number(jobs.mails_waiting ?? 0),
            })}
          </Text>
        </Part>
      </SimpleGrid>
      {processes.length > 0 && (
        <Section title={t("health.processes")} hint={t("health.processesHint")}>
          {processes.map((one) => (
            <Group key={one.name} justify="space-between">
              <Group gap="sm">
                <State ok={one.up} />
                <Text fw={600}>{one.name}</Text>
              </Group>
              <Text size="sm" c="dimmed">
                {[
                  t("health.since", { when: instant(one.since) }),
                  one.restarts > 0 && t("health.restarts", { count: one.restarts }),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </Text>
            </Group>
          ))}
        </Section>
      )}
    </Stack>
  );
}

function State({ ok }: { ok: boolean }) {
  const { t } = useTranslation("platform");
  return (
    <Badge color={ok ? "teal" : "red"} variant="dot" tt="none">
      {t(ok ? "health.up" : "health.down")}
    </Badge>
  );
}

interface PartProps {
  name: "switch" | "journal" | "database" | "jobs";
  ok: boolean;
  children?: ReactNode;
}

function Part({ name, ok, children }: PartProps) {
  const { t } = useTranslation("platform");
  return (
    <Section title={t(`health.part.${name}`)} hint={t(`health.what.${name}`)} actions={<State ok={ok} />}>
      {ok ? children : <Text size="sm">{t(`health.mend.${name}`)}</Text>}
    </Section>
  );
}
