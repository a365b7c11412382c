/** Drafts, versions and routing tests: what waits, what was, and what must go on being true. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { configurationChanged } from "@/api/objects";
import { useTenant } from "@/api/tenant";

type Schemas = components["schemas"];
export type Draft = Schemas["DraftBody"];
export type Version = Schemas["VersionBody"];
export type Change = Schemas["ChangeBody"];
export type Finding = Schemas["FindingBody"];
export type TestResult = Schemas["TestResultBody"];

/** What waits; null: nothing does. */
export function useDraft() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["draft", tenant],
    queryFn: async (): Promise<Draft | null> => {
      const path = { params: { path: { tenant } } };
      const { pending } = await call(api.GET("/api/v1/tenants/{tenant}/draft/pending", path));
      return pending ? call(api.GET("/api/v1/tenants/{tenant}/draft", path)) : null;
    },
  });
}

export function useTestResults(version: "working" | "draft") {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["tests", tenant, version],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/test-results", {
          params: { path: { tenant }, query: { version } },
        }),
      ),
  });
}

export function useVersions() {
  const tenant = useTenant();
  return useInfiniteQuery({
    queryKey: ["versions", tenant],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/tenants/{tenant}/versions", {
          params: { path: { tenant }, query: { cursor: pageParam } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function useDifference(before: string | null, after: string | null) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["versions", tenant, "difference", before, after],
    enabled: before !== null && after !== null,
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/diff", {
          params: { path: { tenant }, query: { before: before ?? "", after: after ?? "" } },
        }),
      ),
  });
}

function useDoing<Wanted, Done>(
  doing: (tenant: string, wanted: Wanted) => Promise<Done>,
): ReturnType<typeof useMutation<Done, Error, Wanted>> {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation<Done, Error, Wanted>({
    mutationFn: (wanted) => doing(tenant, wanted),
    onSuccess: () => configurationChanged(client, tenant),
  });
}

export function usePublish() {
  return useDoing((tenant, query: { comment: string; rebase: boolean; skip_tests: boolean }) =>
    call(api.POST("/api/v1/tenants/{tenant}/draft/publish", { params: { path: { tenant }, query } })),
  );
}

export function useDiscard() {
  return useDoing((tenant, _: undefined) =>
    call(api.DELETE("/api/v1/tenants/{tenant}/draft", { params: { path: { tenant } } })),
  );
}

export function useRollback() {
  return useDoing((tenant, { number, comment }: { number: number; comment: string }) =>
    call(
      api.POST("/api/v1/tenants/{tenant}/versions/{number}/rollback", {
        params: { path: { tenant, number }, query: { comment } },
      }),
    ),
  );
}

/** Whether changes are in force at once, or wait in a draft. */
export function useSettings() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["objects", tenant, "settings"],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/settings", { params: { path: { tenant } } })),
  });
}

export function useChangeSettings() {
  return useDoing((tenant, changes: "publish" | "draft") =>
    call(
      api.PATCH("/api/v1/tenants/{tenant}/settings", {
        params: { path: { tenant }, query: { draft: false } },
        body: { changes },
      }),
    ),
  );
}
