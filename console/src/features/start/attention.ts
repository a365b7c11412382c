/** What needs somebody's attention, the worst first, each with where it is mended. Pure. */
import type { Board } from "@/api/board";
import type { components } from "@/api/generated";

export type Overview = components["schemas"]["OverviewBody"];
export type Finding = components["schemas"]["FindingBody"];
export type Draft = components["schemas"]["DraftBody"];

export type Severity = "error" | "warning" | "hint";

export interface Matter {
  key: string;
  severity: Severity;
  /** Of the words `matter.KIND`. */
  kind: "switch-down" | "storage" | "trunk" | "phone" | "phones" | "finding" | "draft" | "draft-refused";
  values: Record<string, string | number>;
  /** In the API's own words, where there are no others. */
  detail?: string;
  mend?: string;
  /** Below the company's pages. */
  path: string;
}

export interface Known {
  overview: Overview;
  board: Board | null;
  findings: Finding[];
  draft: Draft | null;
}

/** More lost telephones than this are one matter: something between them and us is broken. */
const MANY = 5;
const WEIGHT: Record<Severity, number> = { error: 0, warning: 1, hint: 2 };

const PLACES: Record<string, string> = {
  user: "people",
  device: "people",
  extension: "people",
  number: "numbers",
  trunk: "numbers",
  schedule: "hours",
  calendar: "hours",
  override: "hours",
  group: "teams",
  queue: "teams",
  flow: "flows",
  menu: "flows",
  contacts: "flows",
  test: "publication",
  prompt: "sounds",
  permission: "outbound",
  "outbound-route": "outbound",
  tenant: "settings",
  site: "settings",
};

/** Where an object of a kind is changed. */
export function placeOf(kind: string, id: string): string {
  const place = PLACES[kind] ?? "settings";
  if (kind === "user") return `people/${id}`;
  return kind === "flow" ? `flows/${id}` : place;
}

export function matters(
  { overview, board, findings, draft }: Known,
  trunkName: (id: string) => string,
): Matter[] {
  const found: Matter[] = [];
  if (board?.switch[""]?.up === false) {
    found.push({ key: "switch", severity: "error", kind: "switch-down", values: {}, path: "live" });
  }
  if (overview.storage_low) {
    found.push({ key: "storage", severity: "error", kind: "storage", values: {}, path: "settings" });
  }
  for (const trunk of Object.values(board?.trunks ?? {})) {
    if (trunk.state !== "down" && trunk.state !== "refused") continue;
    found.push({
      key: `trunk/${trunk.id}`,
      severity: "error",
      kind: "trunk",
      values: { name: trunkName(trunk.id), since: trunk.since },
      ...(trunk.detail ? { detail: trunk.detail } : {}),
      path: "numbers",
    });
  }
  found.push(...lost(overview));
  if (draft) {
    const kind = draft.refusals.length ? "draft-refused" : "draft";
    const severity = draft.refusals.length ? "warning" : "hint";
    const values = { count: draft.changes.length, who: draft.author, at: draft.at };
    found.push({ key: "draft", severity, kind, values, path: "publication" });
  }
  for (const one of findings) {
    if (one.severity === "hint") continue;
    found.push({
      key: `${one.rule}/${one.kind}/${one.id}/${one.field}/${one.message}`,
      severity: one.severity === "error" ? "error" : "warning",
      kind: "finding",
      values: { rule: one.rule, kind: one.kind, id: one.id },
      detail: one.message,
      mend: one.mend,
      path: placeOf(one.kind, one.id),
    });
  }
  return found.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity]);
}

function lost(overview: Overview): Matter[] {
  const phones = overview.lost_phones ?? [];
  if (phones.length > MANY) {
    const values = { count: phones.length };
    return [{ key: "phones", severity: "error", kind: "phones", values, path: "people" }];
  }
  return phones.map((one) => ({
    key: `phone/${one.user}`,
    severity: "warning",
    kind: "phone",
    values: { name: one.name || one.user, since: one.last_call_at },
    path: `people/${one.user}`,
  }));
}

export const STEPS = ["people", "phones", "numbers", "hours", "flows", "called"] as const;
export type Step = (typeof STEPS)[number];

const STEP_PLACE: Record<Step, string> = {
  people: "people",
  phones: "people",
  numbers: "numbers",
  hours: "hours",
  flows: "flows",
  called: "calls",
};

/** What a new company needs before it works, and which of it is done. */
export function checklist({ setup }: Overview): { step: Step; done: boolean; path: string }[] {
  return STEPS.map((step) => ({
    step,
    done: step === "called" ? setup.called : setup[step] > 0,
    path: STEP_PLACE[step],
  }));
}

/** New: no call yet. From the first one on, its figures are what people come for. */
export function isNew({ setup }: Overview): boolean {
  return !setup.called;
}
