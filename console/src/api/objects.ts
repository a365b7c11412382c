/**
 * The objects of a company's configuration. All kinds have one uniform slice in the API, and so one set of hooks here:
 * `useObjects("user")`, `useObject("user", id)`, `useCreate("user")`, `useChange("user")`, `useRemove("user")`.
 */
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { fetchRaw } from "./client";
import type { components } from "./generated";
import { useTenant } from "./tenant";

type Schemas = components["schemas"];

/** Kind → what an object of it holds. */
export interface Kinds {
  calendar: Schemas["Calendar"];
  contacts: Schemas["Contacts"];
  device: Schemas["Device"];
  extension: Schemas["ServiceExtension"];
  flow: Schemas["Flow"];
  group: Schemas["Group"];
  menu: Schemas["Menu"];
  number: Schemas["Number"];
  "outbound-route": Schemas["OutboundRoute"];
  override: Schemas["Override"];
  permission: Schemas["Permission"];
  prompt: Schemas["Prompt"];
  queue: Schemas["Queue"];
  schedule: Schemas["Schedule"];
  site: Schemas["Site"];
  test: Schemas["RoutingTest"];
  trunk: Schemas["Trunk"];
  user: Schemas["User"];
}
export type Kind = keyof Kinds;
/** Stored in one piece with its id; what is sent may leave out whatever has a default. */
export type Stored<K extends Kind> = Kinds[K] & { id: string };

export type Outcome = Schemas["centralita__web__slices__changing__Outcome"];
export type Changed<K extends Kind> = Outcome & { object: Stored<K> };

export interface ListOptions {
  /** Text anywhere in the object. */
  q?: string;
  /** `FIELD:VALUE`, all of them true. */
  filter?: string[];
  /** A field; "-" before it goes down. */
  sort?: string;
}

interface Page<T> {
  items: T[];
  next: string | null;
}

const LARGEST_PAGE = 200;

function plural(kind: Kind): string {
  return kind === "contacts" ? kind : `${kind}s`;
}

function path(tenant: string, kind: Kind, id?: string): string {
  const below = id === undefined ? "" : `/${encodeURIComponent(id)}`;
  return `/api/v1/tenants/${encodeURIComponent(tenant)}/${plural(kind)}${below}`;
}

function query(values: Record<string, string | number | string[] | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== "") search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text ? `?${text}` : "";
}

async function readPage<K extends Kind>(
  tenant: string,
  kind: K,
  options: ListOptions & { cursor?: string; limit?: number },
): Promise<Page<Stored<K>>> {
  const { filter, ...others } = options;
  const response = await fetchRaw(path(tenant, kind) + query({ ...others, filter }));
  return response.json();
}

/** Part of the objects, page by page, as a table shows them. */
export function useObjectPages<K extends Kind>(kind: K, options: ListOptions = {}) {
  const tenant = useTenant();
  return useInfiniteQuery({
    queryKey: ["objects", tenant, kind, "pages", options],
    queryFn: ({ pageParam }) => readPage(tenant, kind, { ...options, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

/** All objects of a kind, for what is to be chosen among; none are asked for where not `enabled`. */
export function useObjects<K extends Kind>(kind: K, options: ListOptions = {}, enabled = true) {
  const tenant = useTenant();
  return useQuery({
    enabled,
    queryKey: ["objects", tenant, kind, "all", options],
    queryFn: async () => {
      const found: Stored<K>[] = [];
      let cursor: string | null = "";
      do {
        const page: Page<Stored<K>> = await readPage(tenant, kind, {
          ...options,
          cursor,
          limit: LARGEST_PAGE,
        });
        found.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return found;
    },
  });
}

/** One object and its ETag, with which a change is made to what was seen and to nothing later. */
export function useObject<K extends Kind>(kind: K, id: string | undefined) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["objects", tenant, kind, "one", id],
    enabled: id !== undefined,
    queryFn: async () => {
      const response = await fetchRaw(path(tenant, kind, id));
      return { object: (await response.json()) as Stored<K>, etag: response.headers.get("ETag") ?? "" };
    },
  });
}

function sent(method: string, body: unknown, etag?: string): RequestInit {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (etag) headers["If-Match"] = etag;
  return { method, headers, body: body === undefined ? null : JSON.stringify(body) };
}

/** After a change of the configuration everything that was read of it may be different. */
export function configurationChanged(client: QueryClient, tenant: string): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey }) => CONFIGURATION.has(String(queryKey[0])) && queryKey[1] === tenant,
  });
}

/** First part of the keys of queries that a change of the configuration makes old; the second is the company. */
const CONFIGURATION = new Set(["objects", "draft", "versions", "check", "tests", "configuration"]);

/** Make an object; without an id it gets one of its name. */
export function useCreate<K extends Kind>(kind: K) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (fields: Partial<Kinds[K]>): Promise<Changed<K>> => {
      const request = sent("POST", fields);
      const headers = {
        ...(request.headers as Record<string, string>),
        "Idempotency-Key": crypto.randomUUID(),
      };
      return (await fetchRaw(path(tenant, kind), { ...request, headers })).json();
    },
    onSuccess: () => configurationChanged(client, tenant),
  });
}

/** Change some fields of an object (RFC 7396): what is not mentioned stays, null puts a field back. */
export function useChange<K extends Kind>(kind: K) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, fields, etag }: ChangeWanted<K>): Promise<Changed<K>> =>
      (await fetchRaw(path(tenant, kind, id), sent("PATCH", fields, etag))).json(),
    onSuccess: () => configurationChanged(client, tenant),
  });
}

interface ChangeWanted<K extends Kind> {
  id: string;
  fields: { [F in keyof Kinds[K]]?: Kinds[K][F] | null };
  etag?: string;
}

/** Make an object what is sent, all of it, or make it. */
export function useReplace<K extends Kind>(kind: K) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      id,
      object,
      etag,
    }: {
      id: string;
      object: Kinds[K];
      etag?: string;
    }): Promise<Changed<K>> => (await fetchRaw(path(tenant, kind, id), sent("PUT", object, etag))).json(),
    onSuccess: () => configurationChanged(client, tenant),
  });
}

/** Remove an object. Refused with "in-use" and all that depends on it, where anything does. */
export function useRemove(kind: Kind) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, withDevices }: { id: string; withDevices?: boolean }): Promise<Outcome> =>
      (
        await fetchRaw(path(tenant, kind, id) + query({ with_devices: withDevices ? "true" : undefined }), {
          method: "DELETE",
        })
      ).json(),
    onSuccess: () => configurationChanged(client, tenant),
  });
}
