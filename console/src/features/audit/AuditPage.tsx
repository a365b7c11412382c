import { Box, Code, Group, Select, Text } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import classes from "./AuditPage.module.css";

type Entry = components["schemas"]["AuditBody"];

/** Beginnings of actions that one may want to see alone. */
const SORTS = ["config", "session", "account", "token", "live", "voicemail", "recording"] as const;

/** Differences that are shown before one asks for all. */
const AT_ONCE = 3;

/** Who changed what, when and from where, with each field before and after. */
export function AuditPage() {
  const { t } = useTranslation("audit");
  const tenant = useTenant();
  const [action, setAction] = useState<string | null>(null);
  const entries = useInfiniteQuery({
    queryKey: ["audit", tenant, action],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/audit", {
          params: { query: { tenant, cursor: pageParam, ...(action ? { action: `${action}.` } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const columns: Column<Entry>[] = [
    { key: "at", header: t("at"), render: (entry) => instant(entry.at) },
    { key: "who", header: t("who"), render: (entry) => <Who entry={entry} /> },
    {
      key: "action",
      header: t("what"),
      render: (entry) => t(`action.${entry.action}`, { defaultValue: entry.action }),
    },
    {
      key: "object",
      header: t("object"),
      wide: true,
      render: (entry) => <Text size="sm">{entry.object}</Text>,
    },
    { key: "changes", header: t("changes"), wide: true, render: (entry) => <Changes entry={entry} /> },
  ];
  return (
    <Page title={t("title")} intro={t("intro")}>
      <Group>
        <Select
          aria-label={t("what")}
          placeholder={t("everything")}
          clearable
          data={SORTS.map((sort) => ({ value: sort, label: t(`sort.${sort}`) }))}
          value={action}
          onChange={setAction}
        />
      </Group>
      <Loaded query={entries}>
        {({ pages }) => (
          <DataTable
            label={t("title")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(entry) => String(entry.id)}
            more={{
              has: entries.hasNextPage,
              loading: entries.isFetchingNextPage,
              load: () => void entries.fetchNextPage(),
            }}
          />
        )}
      </Loaded>
    </Page>
  );
}

function Who({ entry }: { entry: Entry }) {
  const { t } = useTranslation("audit");
  return (
    <Box>
      <Text size="sm">{entry.who === "command" ? t("command") : entry.who || t("nobody")}</Text>
      <Text size="xs" c="dimmed">
        {[entry.source, entry.via.startsWith("token:") ? entry.via.slice("token:".length) : ""]
          .filter(Boolean)
          .join(" · ")}
      </Text>
    </Box>
  );
}

function Changes({ entry }: { entry: Entry }) {
  const { t } = useTranslation("audit");
  const [first, rest] = [entry.changes.slice(0, AT_ONCE), entry.changes.slice(AT_ONCE)];
  return (
    <>
      {first.map((change) => (
        <Difference key={change.field} change={change} />
      ))}
      {rest.length > 0 && (
        <details>
          <Text component="summary" size="xs">
            {t("moreChanges", { count: rest.length })}
          </Text>
          {rest.map((change) => (
            <Difference key={change.field} change={change} />
          ))}
        </details>
      )}
    </>
  );
}

function Difference({ change }: { change: Entry["changes"][number] }) {
  return (
    <Text size="xs" className={classes.change}>
      <b>{change.field}</b> <Code>{shown(change.before)}</Code> → <Code>{shown(change.after)}</Code>
    </Text>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}
