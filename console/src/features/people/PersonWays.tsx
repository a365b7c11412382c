import { Badge, Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { type Stored, useObjects } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { useDestinationName } from "@/ui/DestinationSelect";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { Section } from "@/ui/Section";
import { type Way, waysOf } from "./ways";

const SHOWN = 12;

/** By which numbers and through what calls come to somebody, and which groups and queues they are in. */
export function PersonWays({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const reach = useQuery({
    queryKey: ["objects", tenant, "reach", person.id],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/reach", {
          params: { path: { tenant }, query: { target: `user:${person.id}` } },
        }),
      ),
  });
  return (
    <Section title={t("ways")} hint={t("waysHint")}>
      <Memberships person={person} />
      <Loaded query={reach}>
        {(told) => {
          const ways = waysOf(told.ways, { kind: "user", id: person.id }).filter((way) => !way.inside);
          if (ways.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                {t("noWays")}
              </Text>
            );
          }
          return (
            <>
              <List size="sm" spacing={6}>
                {ways.slice(0, SHOWN).map((way) => (
                  <List.Item key={JSON.stringify(way)}>
                    <WayLine way={way} />
                  </List.Item>
                ))}
              </List>
              {(told.more || ways.length > SHOWN) && (
                <Text size="xs" c="dimmed">
                  {t("moreWays")}
                </Text>
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}

function WayLine({ way }: { way: Way }) {
  const { t } = useTranslation("people");
  const named = useDestinationName();
  const through = way.through.map((place) => named(`${place.kind}:${place.id}`));
  return (
    <>
      <Text span fw={600} size="sm">
        {way.entry}
      </Text>
      {through.length > 0 ? ` → ${through.join(" → ")}` : ` · ${t("straight")}`}
    </>
  );
}

function Memberships({ person }: { person: Stored<"user"> }) {
  const { t } = useTranslation("people");
  const groups = useObjects("group").data ?? [];
  const queues = useObjects("queue").data ?? [];
  const inGroups = groups.filter((group) => group.members?.some((member) => member.user === person.id));
  const inQueues = queues.filter((queue) => queue.agents?.some((agent) => agent.user === person.id));
  if (inGroups.length + inQueues.length === 0) return null;
  return (
    <Stack gap={6}>
      {inGroups.length > 0 && <Names label={t("inGroups")} names={inGroups.map(nameOf)} />}
      {inQueues.length > 0 && <Names label={t("inQueues")} names={inQueues.map(nameOf)} />}
    </Stack>
  );
}

function Names({ label, names }: { label: string; names: string[] }) {
  return (
    <Group gap="xs">
      <Text size="sm">{label}</Text>
      {names.map((name) => (
        <Badge key={name} variant="default" size="lg" tt="none" fw={500}>
          {name}
        </Badge>
      ))}
    </Group>
  );
}
