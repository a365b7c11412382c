import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconDeviceTv } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Board, useLive, useNow } from "@/api/board";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { Page } from "@/ui/Page";
import { AgentsTable } from "./AgentsTable";
import { ConnectionAlert } from "./ConnectionAlert";
import { LiveCalls } from "./LiveCalls";
import { QueueCards } from "./QueueCards";
import { TrunkList } from "./TrunkList";
import { useLiveNames } from "./useLiveNames";

/** What is going on now: calls, queues with those who wait, agents, trunks. It follows by itself. */
export function LivePage() {
  const { t } = useTranslation("live");
  const tenant = useTenant();
  const live = useLive(tenant);
  return (
    <Page
      title={t("title")}
      intro={t("intro")}
      actions={
        <Button
          component="a"
          href={`/wallboard/${encodeURIComponent(tenant)}`}
          target="_blank"
          rel="noopener"
          variant="default"
          leftSection={<IconDeviceTv size={18} aria-hidden />}
        >
          {t("wallboard")}
        </Button>
      }
    >
      <ConnectionAlert live={live} />
      {live.board ? (
        <Now board={live.board} skew={live.skew} />
      ) : (
        <Skeleton h={240} aria-label={t("waitingForBoard")} />
      )}
    </Page>
  );
}

function Now({ board, skew }: { board: Board; skew: number }) {
  const { t } = useTranslation("live");
  const now = useNow(skew);
  const names = useLiveNames(board);
  const directs = useMay("live.direct");
  const shared = { board, now, names, directs };
  const calls = Object.keys(board.calls).length;
  const agents = Object.keys(board.agents).length;
  return (
    <Stack gap="xl">
      {Object.keys(board.queues).length > 0 && (
        <Part title={t("queues")} hint={t("queuesHint")}>
          <QueueCards {...shared} />
        </Part>
      )}
      <Part title={t("calls")} count={calls}>
        <LiveCalls {...shared} />
      </Part>
      {agents > 0 && (
        <Part title={t("agents")} count={agents} hint={t("agentsHint")}>
          <AgentsTable {...shared} />
        </Part>
      )}
      {Object.keys(board.trunks).length > 0 && (
        <Part title={t("trunks")} hint={t("trunksHint")}>
          <TrunkList board={board} now={now} names={names} />
        </Part>
      )}
    </Stack>
  );
}

function Part({
  title,
  count,
  hint,
  children,
}: {
  title: string;
  count?: number;
  hint?: string;
  children: ReactNode;
}) {
  return (
    <Stack component="section" gap="sm">
      <Group gap="xs" align="baseline">
        <Title order={2} size="h3">
          {title}
          {count !== undefined && ` (${count})`}
        </Title>
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </Group>
      {children}
    </Stack>
  );
}
