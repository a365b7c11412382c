/** The whole configuration as one text: out, and in again after a look at what would change. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchRaw } from "@/api/client";
import type { components } from "@/api/generated";
import { configurationChanged } from "@/api/objects";
import { useTenant } from "@/api/tenant";

type Schemas = components["schemas"];
export type Outcome = Schemas["centralita__web__slices__changing__Outcome"];
export type Change = Outcome["changes"][number];

export function exportPath(tenant: string): string {
  return `/api/v1/tenants/${encodeURIComponent(tenant)}/export`;
}

export interface Wanted {
  text: string;
  /** Only add and change: what the text does not mention stays. */
  merge: boolean;
}

export interface Preview {
  outcome: Outcome;
  /** Of the configuration that was compared with: it is changed only as long as it is that. */
  etag: string;
}

async function send(tenant: string, { text, merge }: Wanted, etag: string, more: Record<string, string>) {
  const query = new URLSearchParams({ ...(merge ? { merge: "true" } : {}), ...more });
  const response = await fetchRaw(`/api/v1/tenants/${encodeURIComponent(tenant)}/apply?${query}`, {
    method: "POST",
    headers: { "Content-Type": "application/yaml", "If-Match": etag },
    body: text,
  });
  return (await response.json()) as Outcome;
}

/** What would change; nothing does. */
export function usePreview() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: async (wanted: Wanted): Promise<Preview> => {
      const response = await fetchRaw(`${exportPath(tenant)}?version=working`);
      const etag = response.headers.get("ETag") ?? "";
      return { outcome: await send(tenant, wanted, etag, { dry_run: "true" }), etag };
    },
  });
}

/** Make the text the configuration, if that is still what the preview compared with. */
export function useApply() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ wanted, etag, comment }: { wanted: Wanted; etag: string; comment: string }) =>
      send(tenant, wanted, etag, comment ? { comment } : {}),
    onSuccess: () => configurationChanged(client, tenant),
  });
}
