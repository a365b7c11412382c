/**
 * Where the nodes of a flow stand: in columns from left to right, each to the right of all that leads to it, and as near as may be to
 * the height of the exits that do. Ways back are left out of account, so circles do no harm. Pure.
 */
import { exitKey, exitsOf, type FlowDoc } from "./graph";

export const WIDTH = 248;
export const HEAD = 68;
export const ROW = 28;
const COLUMN = WIDTH + 72;
const GAP = 28;

export interface Place {
  x: number;
  y: number;
}

export function heightOf(exits: number): number {
  return HEAD + exits * ROW + (exits ? 8 : 0);
}

export function layOut(doc: FlowDoc): Map<string, Place> {
  const { columns, forward } = layered(doc);
  const places = new Map<string, Place>();
  const byColumn = new Map<number, string[]>();
  for (const [id, column] of columns) byColumn.set(column, [...(byColumn.get(column) ?? []), id]);
  const wanted = new Map<string, number>();
  for (const column of [...byColumn.keys()].sort((a, b) => a - b)) {
    const ids = byColumn.get(column) ?? [];
    for (const id of ids) wanted.set(id, wish(doc, id, forward, places));
    ids.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    let free = Number.NEGATIVE_INFINITY;
    for (const id of ids) {
      const node = doc.nodes[id];
      if (!node) continue;
      const y = Math.max(free, wanted.get(id) ?? 0);
      places.set(id, { x: column * COLUMN, y });
      free = y + heightOf(exitsOf(node).length) + GAP;
    }
  }
  return places;
}

/** The mean height of the exits that lead to a node, less half a head, so that the line is straight. */
function wish(
  doc: FlowDoc,
  id: string,
  forward: Map<string, Set<string>>,
  places: Map<string, Place>,
): number {
  const heights: number[] = [];
  for (const source of forward.get(id) ?? []) {
    const place = places.get(source);
    const node = doc.nodes[source];
    if (!place || !node) continue;
    exitsOf(node).forEach((exit, index) => {
      if (exit.target === id) heights.push(place.y + HEAD + index * ROW + ROW / 2 - HEAD / 2);
    });
  }
  if (heights.length === 0) return id === doc.start ? 0 : below(doc, places);
  return heights.reduce((sum, one) => sum + one, 0) / heights.length;
}

function below(doc: FlowDoc, places: Map<string, Place>): number {
  let lowest = 0;
  for (const [id, place] of places) {
    const node = doc.nodes[id];
    if (node) lowest = Math.max(lowest, place.y + heightOf(exitsOf(node).length) + GAP);
  }
  return lowest;
}

/** Node → column, and node → what leads to it going forward. */
function layered(doc: FlowDoc): { columns: Map<string, number>; forward: Map<string, Set<string>> } {
  const forward = new Map<string, Set<string>>();
  const done: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (id: string) => {
    const node = doc.nodes[id];
    if (!node || state.has(id)) return;
    state.set(id, "open");
    const targets = new Set(exitsOf(node).map((exit) => exit.target));
    for (const target of targets) {
      if (!target || !(target in doc.nodes) || state.get(target) === "open") continue;
      forward.set(target, (forward.get(target) ?? new Set()).add(id));
      visit(target);
    }
    state.set(id, "done");
    done.push(id);
  };
  visit(doc.start);
  for (const id of Object.keys(doc.nodes)) visit(id);
  const columns = new Map<string, number>();
  for (const id of done.reverse()) {
    const before = [...(forward.get(id) ?? [])].map((source) => columns.get(source) ?? 0);
    columns.set(id, before.length ? Math.max(...before) + 1 : 0);
  }
  return { columns, forward };
}

export interface Line {
  id: string;
  source: string;
  exit: string;
  target: string;
}

export function linesOf(doc: FlowDoc): Line[] {
  return Object.entries(doc.nodes).flatMap(([source, node]) =>
    exitsOf(node).flatMap((exit) =>
      exit.target && exit.target in doc.nodes
        ? [{ id: `${source}>${exitKey(exit.path)}`, source, exit: exitKey(exit.path), target: exit.target }]
        : [],
    ),
  );
}
