import { Badge, Box, Button, Menu, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { duration } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { useActions } from "./actions";
import type { Shown } from "./LiveCalls";
import { type Agent, agentActions, agentSince, agentsInOrder, secondsSince } from "./lines";

const COLOUR: Record<string, string> = {
  free: "teal",
  talking: "azulejo",
  offered: "azulejo",
  "wrap-up": "yellow",
  paused: "orange",
  unreachable: "red",
};

/** Who works in the queues, and what each is doing. */
export function AgentsTable({ board, now, names, directs }: Shown) {
  const { t } = useTranslation("live");
  const me = useMe();
  const columns: Column<Agent>[] = [
    {
      key: "name",
      header: t("agent"),
      render: (one) => (
        <Box>
          <Text size="sm" fw={600}>
            {names.user(one.user)}
          </Text>
          <Text size="xs" c="dimmed">
            {one.queues.map(names.queue).join(", ") || t("inNoQueue")}
          </Text>
        </Box>
      ),
    },
    {
      key: "state",
      header: t("doing"),
      render: (one) => {
        const since = secondsSince(agentSince(one, board), now);
        return (
          <Box>
            <Badge variant="dot" color={COLOUR[one.state] ?? "gray"} tt="none" fw={500}>
              {t(`agentState.${one.state}`, { defaultValue: one.state })}
            </Badge>
            <Text size="xs" c="dimmed" mt={2}>
              {[since === null ? "" : duration(since), one.pauses[0]?.reason ?? ""]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </Box>
        );
      },
    },
    { key: "calls", header: t("callsToday"), wide: true, align: "right", render: (one) => one.calls },
    {
      key: "talk",
      header: t("talkToday"),
      wide: true,
      align: "right",
      render: (one) => t("minutes", { count: one.talk_minutes }),
    },
  ];
  if (directs || me.user) {
    columns.push({
      key: "do",
      header: t("do"),
      align: "right",
      render: (one) => (directs || one.user === me.user ? <AgentMenu agent={one} /> : null),
    });
  }
  return (
    <DataTable label={t("agents")} columns={columns} rows={agentsInOrder(board)} rowKey={(one) => one.user} />
  );
}

function AgentMenu({ agent }: { agent: Agent }) {
  const { t } = useTranslation("live");
  const actions = useActions();
  const name = agent.name || agent.user;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="subtle" aria-label={t("changeOf", { who: name })}>
          {t("change")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {agentActions(agent).map((action) => (
          <Menu.Item key={action} onClick={() => void actions.agent(agent.user, action)}>
            {t(`agentAction.${action}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
