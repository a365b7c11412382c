/** What past calls are asked for, as the page's address has it, and as the API is asked. */
import { beginning, dayOf, isDay, plusDays } from "@/i18n/days";

export const DIRECTIONS = ["inbound", "outbound", "internal"] as const;
export const OUTCOMES = [
  "answered",
  "voicemail",
  "no-answer",
  "busy",
  "abandoned",
  "callback",
  "service",
  "rejected",
  "unreachable",
  "overflow",
  "failed",
  "lost",
] as const;
export const KEPT = ["recording", "message"] as const;
export const PERIODS = ["today", "yesterday", "week", "month", "days"] as const;

export type Period = (typeof PERIODS)[number];

export interface CallFilters {
  q?: string;
  /** Counted in the company's days; `days`: from `from` to `to`, both included. None: always. */
  period?: Period;
  from?: string;
  to?: string;
  direction?: (typeof DIRECTIONS)[number];
  outcome?: (typeof OUTCOMES)[number];
  user?: string;
  queue?: string;
  trunk?: string;
  tag?: string;
  has?: (typeof KEPT)[number];
  min_seconds?: number;
}

/** Those that are not seen until one asks for more. */
export const MORE = ["user", "queue", "trunk", "tag", "has", "min_seconds"] as const;

function oneOf<T extends string>(all: readonly T[], value: unknown): T | undefined {
  return all.find((one) => one === value);
}

function name(value: unknown): string | undefined {
  // A search of digits alone comes out of an address as a number.
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, 64) : undefined;
}

/** Whatever stands in an address, as filters: what makes no sense is left out. */
export function readFilters(search: Record<string, unknown>): CallFilters {
  const seconds = Number(search.min_seconds);
  const found: Record<string, unknown> = {
    q: name(search.q),
    period: oneOf(PERIODS, search.period),
    direction: oneOf(DIRECTIONS, search.direction),
    outcome: oneOf(OUTCOMES, search.outcome),
    user: name(search.user),
    queue: name(search.queue),
    trunk: name(search.trunk),
    tag: name(search.tag),
    has: oneOf(KEPT, search.has),
    min_seconds: seconds > 0 && seconds <= 1e7 ? seconds : undefined,
  };
  if (found.period === "days") {
    found.from = isDay(search.from) ? search.from : undefined;
    found.to = isDay(search.to) ? search.to : undefined;
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as CallFilters;
}

export type CallQuery = Omit<CallFilters, "period">;

/** What the API is asked for at this instant, with the days of this zone. */
export function queryOf(filters: CallFilters, now: number, zone?: string): CallQuery {
  const { period, from, to, ...others } = filters;
  const span = spanOf({ period, from, to }, dayOf(now, zone));
  const query: CallQuery = { ...others };
  if (span.first) query.from = new Date(beginning(span.first, zone)).toISOString();
  if (span.last) query.to = new Date(beginning(plusDays(span.last, 1), zone)).toISOString();
  return query;
}

interface Wished {
  period?: Period | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** First and last day, both included. */
function spanOf({ period, from, to }: Wished, today: string): { first?: string; last?: string } {
  switch (period) {
    case "today":
      return { first: today };
    case "yesterday":
      return { first: plusDays(today, -1), last: plusDays(today, -1) };
    case "week":
      return { first: plusDays(today, -6) };
    case "month":
      return { first: plusDays(today, -29) };
    case "days":
      return { ...(from ? { first: from } : {}), ...(to ? { last: to } : {}) };
    default:
      return {};
  }
}

/** Where the same calls are as a table. */
export function exportAddress(tenant: string, query: CallQuery): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  const text = search.toString();
  return `/api/v1/tenants/${encodeURIComponent(tenant)}/calls.csv${text ? `?${text}` : ""}`;
}
