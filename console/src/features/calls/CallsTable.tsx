import { Badge, Box, Group, Text, ThemeIcon, Tooltip } from "@mantine/core";
import { IconArrowDownLeft, IconArrowsExchange, IconArrowUpRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";
import { duration, instant } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { LinkTo } from "@/ui/LinkTo";
import { OutcomeBadge } from "@/ui/OutcomeBadge";
import { Quality } from "@/ui/Quality";
import { useNames } from "@/ui/useNames";
import { useParties } from "./parties";

export type PastCall = components["schemas"]["CallBody"];

interface Props {
  calls: PastCall[];
  zone: string | undefined;
  more?: { has: boolean; loading: boolean; load: () => void };
  empty: ReactNode;
}

const ICON = { inbound: IconArrowDownLeft, outbound: IconArrowUpRight, internal: IconArrowsExchange };

export function DirectionIcon({ direction }: { direction: PastCall["direction"] }) {
  const { t } = useTranslation("callwords");
  const Icon = ICON[direction];
  const word = t(`direction.${direction}`);
  return (
    <Tooltip label={word}>
      <ThemeIcon variant="light" radius="xl" size={30} color={direction === "inbound" ? "azulejo" : "gray"}>
        <Icon size={17} role="img" aria-label={word} />
      </ThemeIcon>
    </Tooltip>
  );
}

/** Calls as lines; each leads to its own page. */
export function CallsTable({ calls, zone, more, empty }: Props) {
  const { t } = useTranslation("calls");
  const tenant = useTenant();
  const names = useNames();
  const parties = useParties(names);
  const columns: Column<PastCall>[] = [
    {
      key: "call",
      header: t("call"),
      render: (one) => {
        const { caller, number, called } = parties(one);
        return (
          <Group gap="sm" wrap="nowrap">
            <DirectionIcon direction={one.direction} />
            <Box miw={0}>
              <LinkTo to="/t/$tenant/calls/$call" params={{ tenant, call: one.id }} fw={600} size="sm">
                {caller} → {called}
              </LinkTo>
              <Text size="xs" c="dimmed">
                {[number, instant(one.started_at, zone)].filter(Boolean).join(" · ")}
              </Text>
            </Box>
          </Group>
        );
      },
    },
    { key: "outcome", header: t("outcome"), render: (one) => <OutcomeBadge outcome={one.outcome} /> },
    {
      key: "answered",
      header: t("answeredBy"),
      wide: true,
      render: (one) => (
        <Text size="sm">
          {one.answered_user ? names.user(one.answered_user) : names.target(one.answered_on)}
        </Text>
      ),
    },
    {
      key: "waiting",
      header: t("waiting"),
      wide: true,
      align: "right",
      render: (one) => duration(one.waiting),
    },
    {
      key: "talking",
      header: t("connected"),
      wide: true,
      align: "right",
      render: (one) => (one.connected ? duration(one.connected) : "–"),
    },
    {
      key: "quality",
      header: t("quality"),
      wide: true,
      render: (one) =>
        one.mos === null ? <Badge variant="transparent"> </Badge> : <Quality mos={one.mos} />,
    },
  ];
  return (
    <DataTable
      label={t("title")}
      columns={columns}
      rows={calls}
      rowKey={(one) => one.id}
      {...(more ? { more } : {})}
      empty={empty}
    />
  );
}
