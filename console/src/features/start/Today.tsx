import { Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Board } from "@/api/board";
import { useTenant } from "@/api/tenant";
import { duration, number, percent } from "@/i18n/format";
import { LinkTo } from "@/ui/LinkTo";
import type { Overview } from "./attention";
import { HourTable } from "./HourTable";

const HourChart = lazy(() => import("./HourChart"));

interface Props {
  overview: Overview;
  board: Board | null;
}

/** Today's calls in figures, and by hour. */
export function Today({ overview, board }: Props) {
  const { t } = useTranslation("start");
  const tenant = useTenant();
  const day = overview.today;
  const answered = day.answered_share === null ? "–" : percent(day.answered_share);
  const figures: [string, string, string][] = [
    [t("now"), board ? number(Object.keys(board.calls).length) : "–", t("nowHint")],
    [t("inbound"), number(day.inbound), t("inboundHint")],
    [t("outbound"), number(day.outbound), t("outboundHint")],
    [t("missed"), number(day.missed), t("missedHint")],
    [t("share"), answered, t("shareHint")],
    [t("meanWait"), day.mean_wait === null ? "–" : duration(day.mean_wait), t("meanWaitHint")],
    [t("longestWait"), day.longest_wait === null ? "–" : duration(day.longest_wait), t("longestWaitHint")],
    [t("voicemail"), number(day.voicemail + day.elsewhere), t("voicemailHint")],
  ];
  return (
    <Stack component="section" gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h3">
          {t("today")}
        </Title>
        <LinkTo to="/t/$tenant/calls" params={{ tenant }} search={{ period: "today" }} size="sm">
          {t("toCalls")}
        </LinkTo>
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 4 }} component="dl" m={0}>
        {figures.map(([name, value, hint]) => (
          <Card withBorder padding="md" key={name}>
            <Text component="dt" size="sm" fw={600}>
              {name}
            </Text>
            <Text component="dd" m={0} size="xl" fw={700} fz={30} lh={1.2}>
              {value}
            </Text>
            <Text component="dd" m={0} size="xs" c="dimmed">
              {hint}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      <Card withBorder padding="md">
        <Title order={3} size="h5" mb="xs">
          {t("byHour")}
        </Title>
        <Suspense fallback={null}>
          <HourChart day={day} zone={overview.time_zone} />
        </Suspense>
        <HourTable day={day} zone={overview.time_zone} />
      </Card>
    </Stack>
  );
}
