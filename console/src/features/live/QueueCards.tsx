import {
  Badge,
  Card,
  Group,
  List,
  Menu,
  SimpleGrid,
  Stack,
  Text,
  Title,
  UnstyledButton,
} from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { duration, percent } from "@/i18n/format";
import { useActions } from "./actions";
import type { Shown } from "./LiveCalls";
import { agentsInOrder, inLine, type Queue, queuesInOrder, secondsSince, type Waiting } from "./lines";

/** Each queue with its figures, and those who wait in it. */
export function QueueCards(shown: Shown) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
      {queuesInOrder(shown.board).map((queue) => (
        <QueueCard key={queue.id} queue={queue} {...shown} />
      ))}
    </SimpleGrid>
  );
}

function QueueCard({ queue, ...shown }: Shown & { queue: Queue }) {
  const { t } = useTranslation("live");
  const longest = secondsSince(queue.longest_since, shown.now);
  const line = inLine(queue);
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={3} size="h4">
          {queue.name || queue.id}
        </Title>
        <Badge size="lg" color={queue.waiting ? "orange" : "teal"} variant="dot" tt="none">
          {t("waitingCount", { count: queue.waiting })}
        </Badge>
      </Group>
      <SimpleGrid cols={3} spacing="xs" mt="sm">
        <Figure name={t("longest")} value={longest === null ? "–" : duration(longest)} />
        <Figure name={t("free")} value={`${queue.free} / ${queue.logged_in}`} />
        <Figure name={t("paused")} value={String(queue.paused)} />
        <Figure name={t("answeredToday")} value={String(queue.answered)} />
        <Figure name={t("abandonedToday")} value={String(queue.abandoned)} />
        <Figure
          name={t("serviceLevel", { seconds: queue.service_level_seconds })}
          value={queue.service_level === null ? "–" : percent(queue.service_level)}
        />
      </SimpleGrid>
      {line.length > 0 && (
        <Stack gap={6} mt="md" component="ol" m={0} p={0} style={{ listStyle: "none" }}>
          {line.map((caller) => (
            <Caller key={caller.call} caller={caller} queue={queue} {...shown} />
          ))}
        </Stack>
      )}
    </Card>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed" lh={1.2}>
        {name}
      </Text>
      <Text fw={650} size="lg">
        {value}
      </Text>
    </div>
  );
}

function Caller({ caller, queue, board, now, names, directs }: Shown & { caller: Waiting; queue: Queue }) {
  const { t } = useTranslation("live");
  const { t: word } = useTranslation("callwords");
  const call = board.calls[caller.call];
  const who = call?.caller_name || caller.callback || caller.number || word("hidden");
  const rung = caller.agents.map(names.user).join(", ");
  return (
    <Group component="li" gap="xs" wrap="nowrap" justify="space-between">
      <Group gap="xs" wrap="nowrap" miw={0}>
        <Badge circle variant="light" color="gray">
          {caller.position}
        </Badge>
        <div style={{ minWidth: 0 }}>
          <Text size="sm" fw={600} truncate>
            {who}
          </Text>
          <List size="xs" c="dimmed" listStyleType="none">
            <List.Item>
              {caller.callback ? t("wantsCallback") : t(`phase.${caller.phase}`, { agents: rung })}
            </List.Item>
            <Told caller={caller} />
          </List>
        </div>
      </Group>
      <Group gap={4} wrap="nowrap">
        <Text span size="sm" ff="monospace">
          {duration(secondsSince(caller.since, now))}
        </Text>
        {directs && <CallerMenu caller={caller} queue={queue} board={board} names={names} who={who} />}
      </Group>
    </Group>
  );
}

/** What the caller was last told of their place and the wait. */
function Told({ caller }: { caller: Waiting }) {
  const { t } = useTranslation("live");
  const { told } = caller;
  if (!told) return null;
  const wait = told.estimated_wait;
  const parts = [
    told.position ? t("toldPosition", { position: told.position }) : "",
    wait !== null ? t("toldWait", { minutes: Math.max(1, Math.round(wait / 60)) }) : "",
  ].filter(Boolean);
  return <List.Item>{parts.length ? t("told", { what: parts.join(", ") }) : t("toldOther")}</List.Item>;
}

interface MenuProps extends Pick<Shown, "board" | "names"> {
  caller: Waiting;
  queue: Queue;
  who: string;
}

function CallerMenu({ caller, queue, board, names, who }: MenuProps) {
  const { t } = useTranslation("live");
  const actions = useActions();
  const agents = agentsInOrder(board).filter(
    (agent) => agent.member_of.includes(queue.id) && agent.state !== "logged-out",
  );
  const others = Object.values(board.queues).filter((one) => one.id !== queue.id);
  return (
    <Menu withinPortal position="bottom-end">
      <Menu.Target>
        <UnstyledButton aria-label={t("doWith", { who })} px={6}>
          <IconDots size={18} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        {agents.length > 0 && <Menu.Label>{t("giveTo")}</Menu.Label>}
        {agents.map((agent) => (
          <Menu.Item key={agent.user} onClick={() => void actions.take(caller.call, agent.user)}>
            {agent.name || agent.user} · {t(`agentState.${agent.state}`)}
          </Menu.Item>
        ))}
        {others.length > 0 && <Menu.Label>{t("moveTo")}</Menu.Label>}
        {others.map((one) => (
          <Menu.Item key={one.id} onClick={() => void actions.move(caller.call, one.id)}>
            {names.queue(one.id)}
          </Menu.Item>
        ))}
        {caller.callback && (
          <>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => void actions.forget(caller.call)}>
              {t("forget")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
