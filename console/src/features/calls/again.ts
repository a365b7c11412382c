/** The same call at another instant: how it is asked for, and what went differently. Pure. */
import type { components } from "@/api/generated";
import { type CallDetail, callerUser, recordOf } from "./journey";

export type Simulation = components["schemas"]["SimulationBody"];

export interface Scenario {
  from: string;
  to: string;
  trunk?: string;
  caller_name?: string;
}

const CALLER = /^\+?[0-9]{2,31}$/;
const DIALLED = /^[+*#0-9]{2,32}$/;

/**
 * The call as the simulator takes it; null: it cannot be tried (what was dialled is no number). `trunks` are those of today: one that
 * is no more cannot be named.
 */
export function scenarioOf(detail: CallDetail, trunks: readonly string[]): Scenario | null {
  if (!DIALLED.test(detail.dialled)) return null;
  const user = callerUser(detail);
  const inside = detail.direction !== "inbound";
  if (inside && !user) return null;
  const outside = CALLER.test(detail.caller) ? detail.caller : "anonymous";
  const [kind, trunk] = detail.via.split(":");
  return {
    from: inside ? `user:${user}` : outside,
    to: detail.dialled,
    ...(!inside && kind === "trunk" && trunk && trunks.includes(trunk) ? { trunk } : {}),
    ...(!inside && detail.caller_name ? { caller_name: detail.caller_name } : {}),
  };
}

/** Where the call really came to rest, in the words of the simulator (`user:ana`, `voicemail:ana`); empty: nobody took it. */
export function restOf(detail: CallDetail): string {
  const message = detail.messages[0];
  const { answers } = recordOf(detail);
  const person = answers.find((answer) => !answer.service);
  if (person) return person.user ? `user:${person.user}` : (person.target ?? "");
  return message ? `voicemail:${message.user}` : "";
}

/** The nodes of flows that a call passed, in order, each once in a row. */
export function nodesOf(lines: { node: string }[]): string[] {
  const nodes = lines.map((line) => line.node).filter(Boolean);
  return nodes.filter((node, place) => node !== nodes[place - 1]);
}

export type Difference =
  | { kind: "way"; was: string; now: string }
  | { kind: "rest"; was: string; now: string };

/** Where the way parts first, and another end; none: it would go the same way. */
export function differences(detail: CallDetail, now: Simulation): Difference[] {
  const found: Difference[] = [];
  const [old, fresh] = [nodesOf(detail.trace), nodesOf(now.steps)];
  const place = old.findIndex((node, index) => node !== fresh[index]);
  const longer = place < 0 && fresh.length > old.length ? old.length : place;
  if (longer >= 0) found.push({ kind: "way", was: old[longer] ?? "", now: fresh[longer] ?? "" });
  const then = restOf(detail);
  if (then && then !== now.rest) found.push({ kind: "rest", was: then, now: now.rest });
  return found;
}
