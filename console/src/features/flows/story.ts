/** What happened in a tried call, in order, each thing in words. Pure but for the words it is given. */
import { duration } from "@/i18n/format";
import type { Simulation } from "./api";
import { nodeName, type Words } from "./describe";
import type { FlowDoc } from "./graph";
import { nodeIn } from "./way";

export interface Moment {
  key: string;
  after: number;
  nth: number;
  kind: "decision" | "rang" | "heard" | "event";
  text: string;
  /** The step of this flow that decided. */
  node: string | null;
  /** What the step is called. */
  title: string;
  /** What was looked at and did not match. */
  passed: string[];
}

export function storyOf(result: Simulation, doc: FlowDoc, words: Words): Moment[] {
  const { t } = words;
  const found: Moment[] = [];
  const add = (moment: Omit<Moment, "key">) => found.push({ ...moment, key: `${found.length}` });
  for (const step of result.steps) {
    const node = nodeIn(doc, step.node);
    const title = node ? nodeName(doc, node, words) : placeName(step.node || step.target, words);
    const pressed = step.pressed ? ` (${t("presses", { keys: step.pressed })})` : "";
    const { after, nth, passed, reason } = step;
    add({ after, nth, kind: "decision", text: `${upper(reason)}${pressed}`, node, title, passed });
  }
  const plain = { node: null, title: "", passed: [] };
  for (const rang of result.rang) {
    const who = partyName(rang.target, words);
    const text = t(`rang.${rang.end}`, { who, seconds: duration(rang.seconds), defaultValue: who });
    add({ ...plain, after: rang.after, nth: rang.nth, kind: "rang", text });
  }
  for (const heard of result.heard) {
    const pressed = heard.pressed ? ` ${t("presses", { keys: heard.pressed })}.` : "";
    const text = `${t("hears", { text: heard.text || heard.sounds.join(", ") })}${pressed}`;
    add({ ...plain, after: heard.after, nth: heard.nth, kind: "heard", text });
  }
  for (const event of result.events)
    add({ ...plain, after: event.after, nth: event.nth, kind: "event", text: upper(event.text) });
  return found.sort((a, b) => a.after - b.after || a.nth - b.nth);
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** `FLOW/NODE` of another flow, or `kind:id`. */
function placeName(place: string, words: Words): string {
  const [flow, node] = place.split("/");
  if (node) return words.t("try.otherFlow", { name: words.name("flow", flow ?? "") });
  return partyName(place, words);
}

const NAMED = { user: "user", voicemail: "user", group: "group", queue: "queue", flow: "flow" } as const;

export function partyName(party: string, { name }: Words): string {
  const [kind = "", ...rest] = party.split(":");
  const id = rest.join(":");
  return kind in NAMED ? name(NAMED[kind as keyof typeof NAMED], id) : id || party;
}

/** Where a call came to rest, in words. */
export function restName(rest: string, words: Words): string {
  const { t, name } = words;
  const [kind = "", ...others] = rest.split(":");
  const id = others.join(":");
  if (kind === "hang-up") return t("rests.hang-up", { name: t(`hangUp.${id}`, { defaultValue: id }) });
  const shown = kind === "callback" ? name("queue", id) : partyName(rest, words);
  return t(`rests.${kind}`, { name: shown, defaultValue: rest });
}
