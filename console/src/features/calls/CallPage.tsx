import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, call as ask } from "@/api/client";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { useZone } from "@/api/zone";
import { duration, instant } from "@/i18n/format";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { OutcomeBadge } from "@/ui/OutcomeBadge";
import { Page } from "@/ui/Page";
import { useNames } from "@/ui/useNames";
import { CallQuality } from "./CallQuality";
import { CallSounds } from "./CallSounds";
import { CallTrace } from "./CallTrace";
import { JourneyLine } from "./JourneyLine";
import { type CallDetail, callerUser } from "./journey";
import { useParties } from "./parties";
import { TryAgain } from "./TryAgain";

/** One call: its way, why it went so, how it sounded, and what was kept of it. */
export function CallPage() {
  const { t } = useTranslation("calls");
  const tenant = useTenant();
  const { call = "" } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ["call", tenant, call],
    queryFn: () =>
      ask(api.GET("/api/v1/tenants/{tenant}/calls/{call}", { params: { path: { tenant, call } } })),
  });
  return (
    <Stack gap="md">
      <LinkTo to="/t/$tenant/calls" params={{ tenant }} size="sm">
        ← {t("title")}
      </LinkTo>
      <Loaded query={query}>{(detail) => <Told detail={detail} />}</Loaded>
    </Stack>
  );
}

function Told({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation("calls");
  const zone = useZone();
  const names = useNames();
  const tries = useMay("config.read");
  const parties = useParties(names);
  const { caller, called } = parties({ ...detail, caller_user: callerUser(detail) });
  return (
    <Page
      title={`${caller} → ${called}`}
      intro={instant(detail.started_at, zone, { dateStyle: "full", timeStyle: "medium" })}
      actions={detail.outcome && <OutcomeBadge outcome={detail.outcome} />}
    >
      <Facts detail={detail} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Section title={t("journey")} hint={t("journeyHint")}>
          <JourneyLine detail={detail} zone={zone} names={names} />
        </Section>
        <Stack gap="lg">
          <CallSounds detail={detail} names={names} zone={zone} />
          <Section title={t("why")} hint={t("whyHint")}>
            <CallTrace detail={detail} names={names} />
          </Section>
          {tries && (
            <Section title={t("tryNow")} hint={t("tryNowHint")}>
              <TryAgain detail={detail} names={names} />
            </Section>
          )}
        </Stack>
      </SimpleGrid>
      <Section title={t("quality")} hint={t("qualityHint")}>
        <CallQuality detail={detail} names={names} />
      </Section>
    </Page>
  );
}

export function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Card withBorder padding="lg" component="section">
      <Title order={2} size="h4">
        {title}
      </Title>
      {hint && (
        <Text size="sm" c="dimmed" mb="md">
          {hint}
        </Text>
      )}
      {children}
    </Card>
  );
}

function VersionLink({ tenant, version }: { tenant: string; version: number }) {
  return (
    <Anchor href={`/t/${encodeURIComponent(tenant)}/publication`} size="sm">
      {version}
    </Anchor>
  );
}

function Facts({ detail }: { detail: CallDetail }) {
  const { t } = useTranslation("calls");
  const { t: word } = useTranslation("callwords");
  const tenant = useTenant();
  const reads = useMay("config.read");
  const version = reads ? <VersionLink tenant={tenant} version={detail.version} /> : detail.version;
  const facts: [string, ReactNode][] = [
    [t("direction"), word(`direction.${detail.direction}`)],
    [t("waiting"), duration(detail.waiting)],
    [t("talking"), detail.answered_at ? duration(detail.talking) : "–"],
    [t("total"), duration(detail.duration)],
    [t("endedBy"), detail.ended_by ? word(`endedBy.${detail.ended_by}`) : "–"],
    [t("version"), version],
  ];
  if (detail.held) facts.splice(3, 0, [t("held"), duration(detail.held)]);
  return (
    <Card withBorder padding="md">
      <SimpleGrid cols={{ base: 2, xs: 3, md: facts.length }} component="dl" m={0}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} fw={600} size="sm">
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {detail.tags.length > 0 && (
        <Group gap="xs" mt="sm">
          <Text size="xs" c="dimmed">
            {t("tags")}
          </Text>
          {detail.tags.map((tag) => (
            <Badge key={tag} variant="light" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
      )}
    </Card>
  );
}
