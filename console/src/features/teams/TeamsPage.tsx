import { Badge, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/board";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { EmptyState } from "@/ui/EmptyState";
import { Section } from "@/ui/editor";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { Page } from "@/ui/Page";

/** Several people who answer together: groups that ring, and queues in which callers wait. */
export function TeamsPage() {
  const { t } = useTranslation("teams");
  const groups = useObjects("group");
  const queues = useObjects("queue");
  return (
    <Page title={t("title")} intro={t("intro")}>
      <Section title={t("groups")} hint={t("groupsHint")} actions={<Add kind="groups" />}>
        <Loaded query={groups}>
          {(found) =>
            found.length === 0 ? (
              <EmptyState icon={IconUsersGroup} title={t("noGroups")}>
                {t("noGroupsHint")}
              </EmptyState>
            ) : (
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {found.map((group) => (
                  <GroupCard key={group.id} group={group} />
                ))}
              </SimpleGrid>
            )
          }
        </Loaded>
      </Section>
      <Section title={t("queues")} hint={t("queuesHint")} actions={<Add kind="queues" />}>
        <Loaded query={queues}>
          {(found) =>
            found.length === 0 ? (
              <EmptyState icon={IconUsersGroup} title={t("noQueues")}>
                {t("noQueuesHint")}
              </EmptyState>
            ) : (
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {found.map((queue) => (
                  <QueueCard key={queue.id} queue={queue} />
                ))}
              </SimpleGrid>
            )
          }
        </Loaded>
      </Section>
    </Page>
  );
}

function Add({ kind }: { kind: "groups" | "queues" }) {
  const { t } = useTranslation("teams");
  const tenant = useTenant();
  if (!useMay("config.write")) return null;
  return (
    <ButtonTo
      to={kind === "groups" ? "/t/$tenant/teams/groups/$id" : "/t/$tenant/teams/queues/$id"}
      params={{ tenant, id: "new" }}
      variant="light"
      leftSection={<IconPlus size={18} />}
    >
      {t(kind === "groups" ? "newGroup" : "newQueue")}
    </ButtonTo>
  );
}

function GroupCard({ group }: { group: Stored<"group"> }) {
  const { t } = useTranslation("teams");
  const tenant = useTenant();
  const users = useObjects("user").data ?? [];
  const names = group.members.map(
    (member) => users.find((user) => user.id === member.user)?.name ?? member.user,
  );
  return (
    <Stack
      gap={4}
      p="md"
      style={{ borderRadius: 8, border: "1px solid var(--mantine-color-default-border)" }}
    >
      <LinkTo to="/t/$tenant/teams/groups/$id" params={{ tenant, id: group.id }} fw={600}>
        {nameOf(group)}
      </LinkTo>
      <Text size="sm">{t(`strategyName.${group.strategy}`)}</Text>
      <Text size="sm" c="dimmed" lineClamp={2}>
        {names.join(", ") || t("nobody")}
      </Text>
    </Stack>
  );
}

function QueueCard({ queue }: { queue: Stored<"queue"> }) {
  const { t } = useTranslation("teams");
  const tenant = useTenant();
  const { board } = useLive(tenant);
  const users = useObjects("user").data ?? [];
  const live = board?.queues[queue.id];
  return (
    <Stack
      gap={6}
      p="md"
      style={{ borderRadius: 8, border: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group justify="space-between" wrap="nowrap">
        <LinkTo to="/t/$tenant/teams/queues/$id" params={{ tenant, id: queue.id }} fw={600}>
          {nameOf(queue)}
        </LinkTo>
        {live && (
          <Badge variant="light" color={live.logged_in ? "teal" : "gray"} tt="none">
            {t("loggedIn", { count: live.logged_in })}
          </Badge>
        )}
      </Group>
      <Text size="sm">{t(`strategyName.${queue.strategy}`)}</Text>
      <Group gap={6}>
        {queue.agents.map((agent) => {
          const state = board?.agents[agent.user];
          const here = state?.queues.includes(queue.id) ?? false;
          const name = users.find((user) => user.id === agent.user)?.name ?? agent.user;
          return (
            <Badge
              key={agent.user}
              variant={here ? "light" : "outline"}
              color={here ? "teal" : "gray"}
              tt="none"
            >
              {name}
              {state
                ? ` · ${t(`state.${here ? state.state : "logged-out"}`, { defaultValue: state.state })}`
                : ""}
            </Badge>
          );
        })}
      </Group>
    </Stack>
  );
}
