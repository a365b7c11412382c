import { Badge, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconClock, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { date, instant } from "@/i18n/format";
import { EmptyState } from "@/ui/EmptyState";
import { Section } from "@/ui/editor";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { Page } from "@/ui/Page";
import { Overrides } from "./Overrides";

type Now = components["schemas"]["ScheduleNow"];

/** Whether it is open now, the switches by which that is overruled, and the calendars of holidays. */
export function HoursPage() {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const may = useMay("config.write");
  const hours = useQuery({
    queryKey: ["objects", tenant, "hours-now"],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/hours", { params: { path: { tenant } } })),
    refetchInterval: 15_000,
  });
  const add = may && (
    <ButtonTo
      to="/t/$tenant/hours/schedules/$id"
      params={{ tenant, id: "new" }}
      leftSection={<IconPlus size={18} />}
    >
      {t("newSchedule")}
    </ButtonTo>
  );
  return (
    <Page title={t("title")} intro={t("intro")} actions={add}>
      <Overrides />
      <Loaded query={hours}>
        {(schedules) =>
          schedules.length === 0 ? (
            <EmptyState icon={IconClock} title={t("emptyTitle")} action={add}>
              {t("empty")}
            </EmptyState>
          ) : (
            <Section title={t("schedules")} hint={t("schedulesHint")}>
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                {schedules.map((schedule) => (
                  <ScheduleCard key={schedule.id} schedule={schedule} />
                ))}
              </SimpleGrid>
            </Section>
          )
        }
      </Loaded>
      <Calendars />
    </Page>
  );
}

function ScheduleCard({ schedule }: { schedule: Now }) {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const overrides = useObjects("override").data;
  const [kind = "", ...name] = schedule.rule.split(":");
  const override = overrides?.find((one) => one.id === schedule.override);
  const why = t(`rule.${kind}`, {
    name: override ? nameOf(override) : dayNamed(name.join(":")),
    defaultValue: schedule.reason,
  });
  const until = schedule.until && untilText(schedule.until, schedule.time_zone);
  return (
    <Stack
      component="article"
      aria-label={schedule.name || schedule.id}
      gap={4}
      p="md"
      style={{ borderRadius: 8, border: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group justify="space-between" wrap="nowrap">
        <LinkTo to="/t/$tenant/hours/schedules/$id" params={{ tenant, id: schedule.id }} fw={600}>
          {schedule.name || schedule.id}
        </LinkTo>
        <Badge color={schedule.open ? "teal" : "gray"} variant="light" size="lg" tt="none">
          {t(schedule.open ? "open" : "closed")}
        </Badge>
      </Group>
      <Text size="sm">
        {until
          ? t(schedule.open ? "closesAt" : "opensAt", { until })
          : t(schedule.override ? "untilTurned" : "noChange")}
      </Text>
      <Text size="sm" c="dimmed">
        {why}
      </Text>
    </Stack>
  );
}

/** A special day without a name is called by its date. */
function dayNamed(name: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(name) ? date(`${name}T12:00:00Z`, "UTC") : name;
}

/** Today only the time; another day with its name. */
function untilText(until: string, zone: string): string {
  const soon = Date.parse(until) - Date.now() < 6 * 86_400_000;
  const today = date(until, zone) === date(Date.now(), zone);
  if (today) return instant(until, zone, { timeStyle: "short" });
  return instant(until, zone, {
    weekday: "long",
    ...(soon ? {} : { day: "numeric", month: "long" }),
    hour: "2-digit",
    minute: "2-digit",
  });
}

function Calendars() {
  const { t } = useTranslation("hours");
  const tenant = useTenant();
  const may = useMay("config.write");
  const calendars = useObjects("calendar");
  return (
    <Section
      title={t("calendars")}
      hint={t("calendarsHint")}
      actions={
        may && (
          <ButtonTo
            to="/t/$tenant/hours/calendars/$id"
            params={{ tenant, id: "new" }}
            variant="light"
            leftSection={<IconPlus size={18} />}
          >
            {t("newCalendar")}
          </ButtonTo>
        )
      }
    >
      <Loaded query={calendars}>
        {(found) =>
          found.length === 0 ? (
            <Text c="dimmed" size="sm">
              {t("noCalendars")}
            </Text>
          ) : (
            <Stack gap="xs">
              {found.map((calendar) => (
                <Group key={calendar.id} gap="sm">
                  <LinkTo to="/t/$tenant/hours/calendars/$id" params={{ tenant, id: calendar.id }}>
                    {nameOf(calendar)}
                  </LinkTo>
                  <Text size="sm" c="dimmed">
                    {[
                      calendar.region || calendar.country,
                      calendar.days.length ? t("ownCount", { count: calendar.days.length }) : "",
                      calendar.url || calendar.ics ? "iCalendar" : "",
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </Text>
                </Group>
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Section>
  );
}
