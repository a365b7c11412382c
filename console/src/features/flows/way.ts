/** Which nodes and exits of a flow a tried call passed. Pure. */
import type { Simulation } from "./api";
import { exitKey, exitsOf, type FlowDoc } from "./graph";

export interface Lit {
  nodes: ReadonlySet<string>;
  /** Node → keys of the exits that were taken. */
  exits: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The node of a flow that `FLOW/NODE` names; null: another flow's, or none. */
export function nodeIn(doc: FlowDoc, place: string): string | null {
  if (!place.startsWith(`${doc.id}/`)) return null;
  const id = place.slice(doc.id.length + 1);
  return id in doc.nodes ? id : null;
}

export function litBy(result: Simulation, doc: FlowDoc): Lit {
  const passed = result.way.map((place) => nodeIn(doc, place));
  const nodes = new Set(passed.filter((id): id is string => id !== null));
  const exits = new Map<string, Set<string>>();
  const pressed = new Map<string, string>();
  for (const step of result.steps) {
    const id = nodeIn(doc, step.node);
    if (id !== null && step.pressed) pressed.set(id, step.pressed);
  }
  let last: string | null = null;
  for (const id of passed) {
    if (id === null) continue;
    const node = last === null || last === id ? undefined : doc.nodes[last];
    if (node && last !== null) {
      const keys = exits.get(last) ?? new Set();
      // Of several exits to the same node the trace does not tell which: that of the key pressed, else the first, stands for it.
      const there = exitsOf(node).filter((exit) => exit.target === id);
      const taken = there.find((exit) => exit.path[1] === pressed.get(last ?? "")) ?? there[0];
      if (taken) exits.set(last, keys.add(exitKey(taken.path)));
    }
    last = id;
  }
  return { nodes, exits };
}
