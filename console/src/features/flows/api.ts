/** What the editor asks of the exchange besides single objects: the checker and the simulator on what is not saved, and how it is saved. */
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, fetchRaw } from "@/api/client";
import type { components } from "@/api/generated";
import { type Changed, configurationChanged, type Outcome } from "@/api/objects";
import { isProblem } from "@/api/problem";
import { useTenant } from "@/api/tenant";
import type { FlowDoc } from "./graph";

export type Finding = components["schemas"]["FindingBody"];
export type Scenario = components["schemas"]["ScenarioBody"];
export type Simulation = components["schemas"]["SimulationBody"];

/** All that the checker says of what a change would be made to. */
export function useFindings() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["check", tenant, "working"],
    queryFn: () =>
      call(api.GET("/api/v1/tenants/{tenant}/check", { params: { path: { tenant } } })) as Promise<Finding[]>,
  });
}

/** What the checker says with an unsaved flow in place; what could not even be saved counts as errors, too. */
export function useDraftFindings(doc: FlowDoc) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["check", tenant, "tried", doc],
    placeholderData: keepPreviousData,
    gcTime: 60_000,
    queryFn: async () => {
      try {
        const found = await call(
          api.POST("/api/v1/tenants/{tenant}/check", {
            params: { path: { tenant } },
            body: { objects: [{ ...doc }] },
          }),
        );
        return found.filter((one) => one.kind === "flow" && one.id === doc.id);
      } catch (error) {
        return refusal(error, doc);
      }
    },
  });
}

function refusal(error: unknown, doc: FlowDoc): Finding[] {
  if (!isProblem(error) || error.status !== 422) throw error;
  return error.errors.map((one) => ({
    severity: "error",
    rule: "not-possible",
    kind: one.kind ?? "flow",
    id: one.id ?? doc.id,
    field: one.field ?? "",
    message: one.detail,
    mend: one.mend ?? "",
  }));
}

/** Keep a flow; with `draft`, in the draft whatever the company's changes do. */
export function useSaveFlow() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ doc, etag, draft }: { doc: FlowDoc; etag: string; draft: boolean }) => {
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/flows/${encodeURIComponent(doc.id)}`;
      const response = await fetchRaw(`${path}${draft ? "?draft=true" : ""}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", ...(etag ? { "If-Match": etag } : {}) },
        body: JSON.stringify(doc),
      });
      const changed = (await response.json()) as Changed<"flow">;
      return { changed, etag: response.headers.get("ETag") ?? "" };
    },
    onSuccess: () => configurationChanged(client, tenant),
  });
}

/** Several new objects in one version: all of them, or none. */
export function useMakeAll() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (objects: ({ kind: string; id: string } & Record<string, unknown>)[]) => {
      // JSON is YAML, so a configuration can be sent as JSON documents.
      const body = objects.map((object) => JSON.stringify(object)).join("\n---\n");
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/apply?merge=true`;
      const response = await fetchRaw(path, {
        method: "POST",
        headers: { "Content-Type": "application/yaml" },
        body,
      });
      return (await response.json()) as Outcome;
    },
    onSuccess: () => configurationChanged(client, tenant),
  });
}

export function useSimulate() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: (body: Scenario): Promise<Simulation> =>
      call(api.POST("/api/v1/tenants/{tenant}/simulate", { params: { path: { tenant } }, body })),
  });
}
