/** The company itself: its name, and whether what is changed is in force at once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { configurationChanged } from "@/api/objects";
import { useTenant } from "@/api/tenant";

export type Company = Pick<components["schemas"]["Tenant"], "name" | "changes">;

export function useCompany() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["configuration", tenant, "settings"],
    queryFn: () => answered(api.GET("/api/v1/tenants/{tenant}/settings", { params: { path: { tenant } } })),
  });
}

export function useChangeCompany() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ fields, etag }: { fields: Company; etag: string }) =>
      call(
        api.PATCH("/api/v1/tenants/{tenant}/settings", {
          params: { path: { tenant }, header: { "If-Match": etag } },
          body: fields,
        }),
      ),
    onSuccess: async () => {
      await configurationChanged(client, tenant);
      await client.invalidateQueries({ queryKey: ["tenants"] });
    },
  });
}

/** By whom people may have themselves signed in. */
export function useProviders() {
  return useQuery({
    queryKey: ["providers"],
    queryFn: () => call(api.GET("/api/v1/session/providers")),
  });
}
