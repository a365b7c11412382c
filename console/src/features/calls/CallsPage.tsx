import { Button, Text } from "@mantine/core";
import { IconDownload, IconPhoneOff } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";
import { useZone } from "@/api/zone";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { CallFiltersBar } from "./CallFiltersBar";
import { CallsTable } from "./CallsTable";
import { type CallFilters, exportAddress, queryOf, readFilters } from "./filters";

/** Past calls, found by anything. */
export function CallsPage() {
  const { t } = useTranslation("calls");
  const tenant = useTenant();
  const zone = useZone();
  const filters = readFilters(useSearch({ strict: false }) as Record<string, unknown>);
  const navigate = useNavigate();
  const put = (next: CallFilters) =>
    void navigate({ to: "/t/$tenant/calls", params: { tenant }, search: next, replace: true });
  const calls = useInfiniteQuery({
    queryKey: ["calls", tenant, filters, zone],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/tenants/{tenant}/calls", {
          params: {
            path: { tenant },
            query: { ...queryOf(filters, Date.now(), zone), cursor: pageParam },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const narrowed = Object.keys(filters).length > 0;
  return (
    <Page
      title={t("title")}
      intro={t("intro")}
      actions={
        <Button
          variant="default"
          component="a"
          href={exportAddress(tenant, queryOf(filters, Date.now(), zone))}
          download
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {t("export")}
        </Button>
      }
    >
      <CallFiltersBar filters={filters} onChange={put} />
      <Loaded query={calls}>
        {({ pages }) => (
          <CallsTable
            calls={pages.flatMap((page) => page.items)}
            zone={zone}
            more={{
              has: calls.hasNextPage,
              loading: calls.isFetchingNextPage,
              load: () => void calls.fetchNextPage(),
            }}
            empty={
              narrowed ? (
                <Text c="dimmed" py="xl" ta="center" role="status">
                  {t("nothing")}
                </Text>
              ) : (
                <EmptyState icon={IconPhoneOff} title={t("none")}>
                  {t("noneHint")}
                </EmptyState>
              )
            }
          />
        )}
      </Loaded>
    </Page>
  );
}
