/** Who has given wrong passwords, as a telephone or as a person, and who has to wait: of a company, or ("") of the whole installation. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";

type Schemas = components["schemas"];
export type Security = Schemas["SecurityBody"];
export type Suspect = Schemas["Suspect"];
export type Attempt = Schemas["Attempt"];
type Lift = Schemas["Lift"];

/** How often it is looked at again, while somebody looks. */
const EVERY = 10_000;

export function useSecurity(tenant: string) {
  return useQuery({
    queryKey: ["security", tenant],
    queryFn: () =>
      tenant
        ? call(api.GET("/api/v1/tenants/{tenant}/security", { params: { path: { tenant } } }))
        : call(api.GET("/api/v1/security")),
    refetchInterval: EVERY,
  });
}

/** Let somebody try again. */
export function useLift(tenant: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: Lift) =>
      tenant
        ? call(
            api.POST("/api/v1/tenants/{tenant}/security/lift", {
              params: { path: { tenant } },
              body: wanted,
            }),
          )
        : call(api.POST("/api/v1/security/lift", { body: wanted })),
    onSettled: () => client.invalidateQueries({ queryKey: ["security"] }),
  });
}
