import { ActionIcon, Box, Button, Group, Paper, SegmentedControl, Stack, Text, Tooltip } from "@mantine/core";
import {
  IconPhone,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPhoneX,
} from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";
import { duration, instant } from "@/i18n/format";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { notifyProblem } from "@/ui/saved";
import { useStartCall } from "./calling";
import { useDirectory } from "./own/settings";
import { spelled } from "./own/target";
import { type Sort, sortOf } from "./sorts";

type Call = components["schemas"]["CallBody"];

const ICONS = { out: IconPhoneOutgoing, in: IconPhoneIncoming, missed: IconPhoneX };
const COLORS: Record<Sort, string> = { out: "azulejo", in: "teal", missed: "red" };

/** One's own calls; those that were missed come first. */
export function MyCalls({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const tenant = useTenant();
  const [only, setOnly] = useState<"missed" | "all">("missed");
  const calls = useInfiniteQuery({
    queryKey: ["calls", tenant, "own", user, only],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/tenants/{tenant}/calls", {
          params: {
            path: { tenant },
            query: { user, missed: only === "missed", cursor: pageParam, limit: 30 },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  return (
    <Stack>
      <SegmentedControl
        aria-label={t("calls.which")}
        data={[
          { value: "missed", label: t("calls.missed") },
          { value: "all", label: t("calls.all") },
        ]}
        value={only}
        onChange={(next) => setOnly(next as typeof only)}
        style={{ alignSelf: "flex-start" }}
      />
      <Loaded query={calls}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.items);
          if (all.length === 0) {
            return (
              <EmptyState icon={IconPhoneOff} title={t(`calls.none.${only}`)}>
                {t(`calls.noneHint.${only}`)}
              </EmptyState>
            );
          }
          return (
            <Stack gap="xs">
              {all.map((one) => (
                <Row key={one.id} one={one} user={user} missed={only === "missed"} />
              ))}
              {calls.hasNextPage && (
                <Button
                  variant="default"
                  loading={calls.isFetchingNextPage}
                  onClick={() => void calls.fetchNextPage()}
                >
                  {t("more", { ns: "common" })}
                </Button>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Row({ one, user, missed }: { one: Call; user: string; missed: boolean }) {
  const { t } = useTranslation("portal");
  const people = useDirectory().data ?? [];
  const start = useStartCall();
  const sort = missed ? "missed" : sortOf(one, user);
  const Icon = ICONS[sort];
  const number = sort === "out" ? one.dialled : one.caller;
  const known = spelled(number, people);
  const who = (sort !== "out" && one.caller_name) || known || t("withheld");
  const talked = one.connected > 0 ? duration(one.connected) : t("calls.notConnected");
  const details = [who !== number && known === number && number, instant(one.started_at), talked];
  return (
    <Paper withBorder px="md" py="sm" component="article" aria-label={`${t(`calls.sort.${sort}`)}: ${who}`}>
      <Group wrap="nowrap" justify="space-between">
        <Group wrap="nowrap" gap="md" miw={0}>
          <Box c={`var(--mantine-color-${COLORS[sort]}-text)`} lh={0}>
            <Icon size={22} role="img" aria-label={t(`calls.sort.${sort}`)} />
          </Box>
          <Box miw={0}>
            <Text fw={600} truncate>
              {who}
            </Text>
            <Text size="sm" c="dimmed">
              {details.filter(Boolean).join(" · ")}
            </Text>
          </Box>
        </Group>
        {number && (
          <Tooltip label={t("callBack")}>
            <ActionIcon
              variant="light"
              size="xl"
              radius="xl"
              aria-label={t("callTo", { who })}
              loading={start.isPending}
              onClick={() => start.mutate(number, { onError: notifyProblem })}
            >
              <IconPhone size={20} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
    </Paper>
  );
}
