/** Webhooks: what the company is told of at an address of its own, and the log of what was sent there. */
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { answered, api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";

type Schemas = components["schemas"];
export type Webhook = Schemas["WebhookBody"];
export type WebhookFields = Required<Schemas["WebhookWanted"]>;
export type HookEvent = WebhookFields["events"][number];
export type Delivery = Schemas["DeliveryBody"];
export type DeliveryState = Delivery["state"];

export const EVENTS = [
  "call.started",
  "call.answered",
  "call.ended",
  "call.missed",
  "queue.abandoned",
  "voicemail.left",
  "recording.ready",
] as const satisfies HookEvent[];

/** The key of an event's words: catalogues know no dots within a key. */
export function eventKey(event: Delivery["event"]): string {
  return event.replace(".", "-");
}

const ONE = "/api/v1/tenants/{tenant}/webhooks/{webhook}";

export function useWebhooks() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["webhooks", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/webhooks", { params: { path: { tenant } } })),
  });
}

export function useWebhook(webhook: string) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["webhooks", tenant, webhook],
    queryFn: () => answered(api.GET(ONE, { params: { path: { tenant, webhook } } })),
    refetchInterval: 15_000,
  });
}

/** The log, newest first; looked at again while something waits. */
export function useDeliveries(webhook: string, state: DeliveryState | null) {
  const tenant = useTenant();
  return useInfiniteQuery({
    queryKey: ["webhooks", tenant, webhook, "deliveries", state],
    queryFn: ({ pageParam }) =>
      call(
        api.GET(`${ONE}/deliveries`, {
          params: {
            path: { tenant, webhook },
            query: { cursor: pageParam, limit: 20, ...(state ? { state } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.items.some((one) => one.state === "waiting")) ? 2000 : 15_000,
  });
}

/** One message with what is sent, once somebody wants to see it. */
export function useDelivery(webhook: string, delivery: string) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["webhooks", tenant, webhook, "delivery", delivery],
    queryFn: () =>
      call(api.GET(`${ONE}/deliveries/{delivery}`, { params: { path: { tenant, webhook, delivery } } })),
  });
}

function useChanged() {
  const tenant = useTenant();
  const client = useQueryClient();
  return { onSuccess: () => client.invalidateQueries({ queryKey: ["webhooks", tenant] }) };
}

/** Make one; the answer has its secret, this once. */
export function useAddWebhook() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: (fields: WebhookFields) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/webhooks", {
          params: { path: { tenant }, header: { "Idempotency-Key": crypto.randomUUID() } },
          body: fields,
        }),
      ),
    ...useChanged(),
  });
}

export function useChangeWebhook(webhook: string) {
  const tenant = useTenant();
  return useMutation({
    mutationFn: ({ fields, etag }: { fields: Partial<WebhookFields>; etag: string }) =>
      call(
        api.PATCH(ONE, {
          params: { path: { tenant, webhook }, header: { "If-Match": etag } },
          // What is not mentioned stays: the document's defaults are of what is mentioned.
          body: fields as Schemas["WebhookChange"],
        }),
      ),
    ...useChanged(),
  });
}

export function useRemoveWebhook(webhook: string) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call(api.DELETE(ONE, { params: { path: { tenant, webhook } } })),
    onSuccess: () => {
      client.removeQueries({ queryKey: ["webhooks", tenant, webhook] });
      return client.invalidateQueries({ queryKey: ["webhooks", tenant], exact: true });
    },
  });
}

/** A message that means nothing; how it went is in the log a moment later. */
export function useTestWebhook(webhook: string) {
  const tenant = useTenant();
  return useMutation({
    mutationFn: () => call(api.POST(`${ONE}/test`, { params: { path: { tenant, webhook } } })),
    ...useChanged(),
  });
}

export function useRenewSecret(webhook: string) {
  const tenant = useTenant();
  return useMutation({
    mutationFn: () => call(api.POST(`${ONE}/secret`, { params: { path: { tenant, webhook } } })),
    ...useChanged(),
  });
}

export function useRedeliver(webhook: string) {
  const tenant = useTenant();
  return useMutation({
    mutationFn: (delivery: string) =>
      call(
        api.POST(`${ONE}/deliveries/{delivery}/redeliver`, {
          params: { path: { tenant, webhook, delivery } },
        }),
      ),
    ...useChanged(),
  });
}
