import { SimpleGrid, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Board, useLive } from "@/api/board";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Attention } from "./Attention";
import { isNew, type Overview } from "./attention";
import { Checklist } from "./Checklist";
import { QueueLevels } from "./QueueLevels";
import { Today } from "./Today";

const AGAIN = 60_000;

/** Queues stand beside what needs attention, where there are any. */
function beside(overview: Overview, board: Board | null): number {
  return !isNew(overview) && Object.keys(board?.queues ?? {}).length > 0 ? 2 : 1;
}

/** The first page: what needs attention, and today at a glance; for a new company, what it still lacks. */
export function StartPage() {
  const { t } = useTranslation("start");
  const tenant = useTenant();
  const path = { params: { path: { tenant } } };
  const overview = useQuery({
    queryKey: ["overview", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/overview", path)),
    refetchInterval: AGAIN,
  });
  const findings = useQuery({
    queryKey: ["check", tenant, "published"],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/check", {
          params: { path: { tenant }, query: { version: "published" } },
        }),
      ),
    staleTime: AGAIN,
  });
  const draft = useQuery({
    queryKey: ["draft", tenant],
    enabled: overview.data?.draft === true,
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/draft", path)),
    staleTime: AGAIN,
  });
  const live = useLive(tenant);
  const told = (one: Overview) => (
    <Stack gap="xl">
      {isNew(one) && <Checklist overview={one} />}
      <SimpleGrid cols={{ base: 1, lg: beside(one, live.board) }} spacing="xl">
        <Attention
          known={{
            overview: one,
            board: live.board,
            findings: findings.data ?? [],
            draft: (one.draft && draft.data) || null,
          }}
          looking={findings.isPending || draft.isLoading}
        />
        {!isNew(one) && <QueueLevels board={live.board} />}
      </SimpleGrid>
      {!isNew(one) && <Today overview={one} board={live.board} />}
    </Stack>
  );
  return (
    <Page
      title={t("title")}
      intro={overview.data && instant(overview.data.at, overview.data.time_zone, { dateStyle: "full" })}
    >
      <Loaded query={overview}>{told}</Loaded>
    </Page>
  );
}
