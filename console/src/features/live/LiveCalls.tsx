import { ActionIcon, Badge, Box, Group, Paper, Text, Tooltip } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPhoneX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Board } from "@/api/board";
import { duration } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { Quality } from "@/ui/Quality";
import type { Names } from "@/ui/useNames";
import { useActions } from "./actions";
import { callsInOrder, type LiveCall, secondsSince } from "./lines";

export interface Shown {
  board: Board;
  now: number;
  names: Names;
  /** Whether the account may do something about it. */
  directs: boolean;
}

const COLOUR: Record<string, string> = {
  talking: "teal",
  queue: "orange",
  ringing: "azulejo",
  held: "yellow",
  voicemail: "blue",
};

/** Who talks with whom, where in the flow, for how long, and how it sounds. */
export function LiveCalls({ board, now, names, directs }: Shown) {
  const { t } = useTranslation("live");
  const { t: word } = useTranslation("callwords");
  const columns: Column<LiveCall>[] = [
    {
      key: "who",
      header: t("who"),
      render: (one) => (
        <Box>
          <Text size="sm" fw={600}>
            {callerOf(one, names) || word("hidden")} → {calledOf(one, names)}
          </Text>
          <Text size="xs" c="dimmed">
            {[word(`direction.${one.direction}`), one.user || one.caller_name ? one.caller : ""]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Box>
      ),
    },
    {
      key: "state",
      header: t("where"),
      render: (one) => (
        <Box>
          <Badge variant="dot" color={COLOUR[one.state] ?? "gray"} tt="none" fw={500}>
            {t(`state.${one.state}`, { defaultValue: one.state })}
          </Badge>
          <Text size="xs" c="dimmed" mt={2}>
            {placeOf(one, names, t("flow"))}
          </Text>
        </Box>
      ),
    },
    {
      key: "long",
      header: t("long"),
      align: "right",
      render: (one) => (
        <Text span size="sm" ff="monospace">
          {duration(secondsSince(one.answered_at ?? one.since, now))}
        </Text>
      ),
    },
    { key: "quality", header: t("quality"), wide: true, render: (one) => <Quality mos={one.mos} /> },
  ];
  if (directs) {
    columns.push({
      key: "do",
      header: t("do"),
      align: "right",
      render: (one) => <HangUp call={one} names={names} />,
    });
  }
  return (
    <DataTable
      label={t("calls")}
      columns={columns}
      rows={callsInOrder(board)}
      rowKey={(one) => one.id}
      empty={
        <Paper withBorder p="lg">
          <Text c="dimmed" ta="center">
            {t("quiet")}
          </Text>
        </Paper>
      }
    />
  );
}

function callerOf(one: LiveCall, names: Names): string {
  return one.user ? names.user(one.user) : one.caller_name || one.caller;
}

/** Who answered; until then what was dialled. */
function calledOf(one: LiveCall, names: Names): string {
  const { answered_by: by, dialled } = one;
  return by.startsWith("user:") ? names.target(by) : dialled;
}

function placeOf(one: LiveCall, names: Names, flow: string): string {
  if (one.state === "queue" && one.queue) return names.queue(one.queue);
  if (one.answered_by.startsWith("trunk:")) return names.target(one.answered_by);
  if (!one.node) return one.queue ? names.queue(one.queue) : "";
  const [id = "", ...rest] = one.node.split("/");
  return `${flow} ${names.flow(id)} / ${rest.join("/")}`;
}

function HangUp({ call, names }: { call: LiveCall; names: Names }) {
  const { t } = useTranslation("live");
  const { t: common } = useTranslation();
  const { hangUp } = useActions();
  const who = callerOf(call, names) || call.dialled;
  const ask = () =>
    modals.openConfirmModal({
      title: t("hangUpQuestion", { who }),
      children: <Text size="sm">{t("hangUpHint")}</Text>,
      labels: { confirm: t("hangUp"), cancel: common("cancel") },
      confirmProps: { color: "red" },
      onConfirm: () => void hangUp(call.id),
    });
  return (
    <Group justify="flex-end">
      <Tooltip label={t("hangUp")}>
        <ActionIcon variant="subtle" color="red" onClick={ask} aria-label={t("hangUpOf", { who })}>
          <IconPhoneX size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
