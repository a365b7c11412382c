import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";

type Schemas = components["schemas"];
export type Plan = Schemas["PlanBody"];
export type Limits = Schemas["Limits"];
export type PlanFunction = Schemas["Function"];

export const LIMITS = ["users", "devices", "numbers", "trunks", "queues", "flows", "calls"] as const;
export const FUNCTIONS: readonly PlanFunction[] = [
  "flows",
  "queues",
  "recording",
  "abroad",
  "api-tokens",
  "webhooks",
];

const KEY = ["plans"];

export function usePlans() {
  return useQuery({ queryKey: KEY, queryFn: () => call(api.GET("/api/v1/plans")) });
}

export interface PlanFields {
  id: string;
  name: string;
  limits: Limits;
  functions: PlanFunction[] | null;
}

/** Make a plan, or change the one that is there. */
export function useSavePlan(known: Plan | undefined) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...fields }: PlanFields) =>
      known
        ? call(api.PATCH("/api/v1/plans/{plan}", { params: { path: { plan: known.id } }, body: fields }))
        : call(api.POST("/api/v1/plans", { body: { id, ...fields } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useRemovePlan() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: string) => call(api.DELETE("/api/v1/plans/{plan}", { params: { path: { plan } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

export function useTenantPlan(tenant: string) {
  return useQuery({
    queryKey: ["tenant-plan", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/plan", { params: { path: { tenant } } })),
  });
}

export function useAssignPlan(tenant: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plan: string | null) =>
      call(api.PUT("/api/v1/tenants/{tenant}/plan", { params: { path: { tenant } }, body: { plan } })),
    onSuccess: (usage) => {
      client.setQueryData(["tenant-plan", tenant], usage);
      return client.invalidateQueries({ queryKey: KEY });
    },
  });
}
