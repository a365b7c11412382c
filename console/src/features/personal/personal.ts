/** What somebody sets for themselves: in force at once, in no version and no draft. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";

type Schemas = components["schemas"];
export type PersonalSettings = Schemas["PersonalSettings"];
export type PersonalChange = Schemas["PersonalChange"];

function keyOf(tenant: string, user: string) {
  return ["personal", tenant, user];
}

/** The settings in force, and their ETag. */
export function usePersonal(user: string) {
  const tenant = useTenant();
  return useQuery({
    queryKey: keyOf(tenant, user),
    queryFn: async () => {
      const params = { path: { tenant, id: user } };
      const { data, etag } = await answered(
        api.GET("/api/v1/tenants/{tenant}/users/{id}/personal", { params }),
      );
      return { settings: data, etag };
    },
  });
}

/** Change what is sent; null goes back to what the administrator set. With an ETag, only what was seen. */
export function useChangePersonal(user: string) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ change, etag }: { change: PersonalChange; etag?: string }) => {
      const { data, etag: next } = await answered(
        api.PATCH("/api/v1/tenants/{tenant}/users/{id}/personal", {
          params: { path: { tenant, id: user }, header: etag ? { "If-Match": etag } : {} },
          body: change,
        }),
      );
      return { settings: data, etag: next };
    },
    onSuccess: (now) => client.setQueryData(keyOf(tenant, user), now),
    onError: () => client.invalidateQueries({ queryKey: keyOf(tenant, user) }),
  });
}
