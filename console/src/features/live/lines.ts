/** The board as lines for people: who talks to whom, since when, who waits first. Pure. */
import type { Board } from "@/api/board";

export type LiveCall = Board["calls"][string];
export type Queue = Board["queues"][string];
export type Waiting = Queue["callers"][number];
export type Agent = Board["agents"][string];
export type Trunk = Board["trunks"][string];

/** Seconds from an instant to now; never less than none. */
export function secondsSince(at: string | null | undefined, now: number): number | null {
  if (!at) return null;
  return Math.max(0, Math.round((now - Date.parse(at)) / 1000));
}

/** Oldest first. */
export function callsInOrder(board: Board): LiveCall[] {
  return Object.values(board.calls).sort(
    (a, b) => a.since.localeCompare(b.since) || a.id.localeCompare(b.id),
  );
}

/** Those in which somebody waits first, then by name. */
export function queuesInOrder(board: Board, chosen: readonly string[] = []): Queue[] {
  const all = Object.values(board.queues).filter((queue) => chosen.length === 0 || chosen.includes(queue.id));
  return all.sort((a, b) => b.waiting - a.waiting || (a.name || a.id).localeCompare(b.name || b.id));
}

/** Who still waits: who talks already is not in line any more. */
export function inLine(queue: Queue): Waiting[] {
  return queue.callers.filter((caller) => caller.position > 0).sort((a, b) => a.position - b.position);
}

const ORDER = [
  "talking",
  "offered",
  "wrap-up",
  "free",
  "resting",
  "busy",
  "paused",
  "unreachable",
  "logged-out",
];

/** Who works first, who is away last. */
export function agentsInOrder(board: Board): Agent[] {
  return Object.values(board.agents).sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name),
  );
}

/** Since when an agent is what they are; null: the exchange does not say. */
export function agentSince(agent: Agent, board: Board): string | null {
  if (agent.state === "paused") return agent.pauses[0]?.since ?? null;
  if (agent.state !== "talking" && agent.state !== "busy") return null;
  const call = agent.calls_now.map((id) => board.calls[id]).find(Boolean);
  return call ? (call.answered_at ?? call.since) : null;
}

/** What can be asked of an agent in this state. */
export function agentActions(agent: Agent): ("login" | "logout" | "pause" | "resume" | "ready")[] {
  if (agent.state === "logged-out") return ["login"];
  const paused = agent.pauses.length > 0;
  return [...(agent.state === "wrap-up" ? (["ready"] as const) : []), paused ? "resume" : "pause", "logout"];
}

/** Down and refused are troubles; unknown is not (yet). */
export function inTrouble(trunk: Trunk): boolean {
  return trunk.state === "down" || trunk.state === "refused";
}
