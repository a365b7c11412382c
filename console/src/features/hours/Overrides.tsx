import { Badge, Button, Code, Group, Menu, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconChevronDown, IconPlus, IconPower } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { Section } from "@/ui/editor";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyProblem } from "@/ui/saved";

type State = components["schemas"]["OverrideBody"];
const EVERY = 4000;

/** The switches by which opening hours are overruled, as they stand, each with its button. */
export function Overrides() {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const may = useMay("config.write");
  const live = useMay("live.read");
  const overrides = useObjects("override").data ?? [];
  const states = useQuery({
    queryKey: ["live-overrides", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/live/overrides", { params: { path: { tenant } } })),
    refetchInterval: EVERY,
    enabled: live && overrides.length > 0,
  });
  return (
    <Section
      title={t("overrides")}
      hint={t("overridesHint")}
      actions={
        may && (
          <ButtonTo
            to="/t/$tenant/hours/overrides/$id"
            params={{ tenant, id: "new" }}
            variant="light"
            leftSection={<IconPlus size={18} />}
          >
            {t("newOverride")}
          </ButtonTo>
        )
      }
    >
      {overrides.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noOverrides")}
        </Text>
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {overrides.map((override) => (
            <Switch
              key={override.id}
              override={override}
              state={states.data?.find((one) => one.id === override.id)}
            />
          ))}
        </SimpleGrid>
      )}
      <ProblemAlert error={states.data ? null : states.error} />
    </Section>
  );
}

function Switch({ override, state }: { override: Stored<"override">; state: State | undefined }) {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const on = state?.on ?? false;
  const open = override.forces === "open";
  return (
    <Stack
      component="article"
      aria-label={override.name || override.id}
      gap="xs"
      p="md"
      style={{ borderRadius: 8, border: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group justify="space-between" wrap="nowrap">
        <LinkTo to="/t/$tenant/hours/overrides/$id" params={{ tenant, id: override.id }} fw={600}>
          {override.name || override.id}
        </LinkTo>
        <Badge color={on ? "lamp" : "gray"} variant={on ? "filled" : "light"} tt="none">
          {t(on ? "on" : "off")}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {on && state
          ? [
              t(open ? "forcedOpen" : "forcedClosed"),
              state.until ? t("until", { until: instant(state.until) }) : t("untilOff"),
              state.by && t("by", { who: state.by.replace(/^user:/, "") }),
            ]
              .filter(Boolean)
              .join(" · ")
          : t(open ? "forcesOpen" : "forcesClosed")}
      </Text>
      <Turn override={override} on={on} known={state !== undefined} />
      <Text size="xs" c="dimmed">
        {t("byStar")} <Code>*28{override.code}</Code>
      </Text>
    </Stack>
  );
}

function Turn({ override, on, known }: { override: Stored<"override">; on: boolean; known: boolean }) {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const client = useQueryClient();
  const may = useMay("live.direct");
  const turn = useMutation({
    mutationFn: (wanted: { on: boolean; until?: string }) =>
      call(
        api.PUT("/api/v1/tenants/{tenant}/live/overrides/{override}", {
          params: { path: { tenant, override: override.id } },
          body: wanted,
        }),
      ),
    onError: notifyProblem,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["live-overrides", tenant] }),
        client.invalidateQueries({ queryKey: ["objects", tenant, "hours-now"] }),
      ]),
  });
  if (!may) return null;
  const name = override.name || override.id;
  const verb = t(on ? "turnOff" : "turnOn");
  const main = (
    <Button
      size="md"
      fullWidth
      color={on ? "gray" : override.forces === "open" ? "teal" : "lamp"}
      leftSection={<IconPower size={20} />}
      loading={turn.isPending}
      disabled={!known}
      aria-label={`${verb}: ${name}`}
      onClick={() => turn.mutate({ on: !on })}
    >
      {verb}
    </Button>
  );
  if (on) return main;
  return (
    <Group gap={6} wrap="nowrap">
      {main}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="md" px="xs" variant="default" disabled={!known} aria-label={t("untilWhen", { name })}>
            <IconChevronDown size={18} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("turnOnUntil")}</Menu.Label>
          {[1, 2, 4].map((hours) => (
            <Menu.Item
              key={hours}
              onClick={() =>
                turn.mutate({ on: true, until: new Date(Date.now() + hours * 3_600_000).toISOString() })
              }
            >
              {t("forHours", { count: hours })}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => turn.mutate({ on: true, until: midnight().toISOString() })}>
            {t("forToday")}
          </Menu.Item>
          <Menu.Item onClick={() => turn.mutate({ on: true })}>{t("untilOff")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function midnight(): Date {
  const at = new Date();
  at.setHours(24, 0, 0, 0);
  return at;
}
