/** A call flow as the editor sees it: nodes, their named exits, and what can be done to them. Pure: documents in, documents out. */
import type { Stored } from "@/api/objects";

export type FlowDoc = Stored<"flow">;
export type FlowNode = FlowDoc["nodes"][string];
export type NodeType = FlowNode["type"];
export type NodeOf<T extends NodeType> = Extract<FlowNode, { type: T }>;
/** A field within a node: `["branches", 0, "to"]`. */
export type Path = (string | number)[];

export interface Exit {
  path: Path;
  /** The node that follows; null: the flow is at its end there. */
  target: string | null;
}

/** Exits that are one field, in the order in which they are shown. */
export const WAYS: Record<NodeType, readonly string[]> = {
  hours: ["open", "closed", "holiday"],
  holiday: ["holiday", "otherwise"],
  override: ["on", "off"],
  geography: ["unknown", "otherwise"],
  caller: ["otherwise"],
  share: [],
  menu: ["otherwise"],
  announce: ["next"],
  collect: ["next", "failed"],
  lookup: ["otherwise", "failed"],
  set: ["next"],
  ring: ["no_answer", "busy", "unreachable"],
  queue: ["otherwise"],
  voicemail: [],
  callback: ["next"],
  external: ["no_answer", "busy", "failed"],
  flow: ["next"],
  "hang-up": [],
};

export const NODE_TYPES = Object.keys(WAYS) as NodeType[];

type Loose = Record<string, unknown>;

/** Every way out of a node. Those of branches, targets, choices and reasons come before those that catch the rest. */
export function exitsOf(node: FlowNode): Exit[] {
  const loose = node as unknown as Loose;
  const found: Exit[] = [];
  for (const list of ["branches", "targets"]) {
    const parts = loose[list];
    if (!Array.isArray(parts)) continue;
    parts.forEach((part: unknown, index) => {
      if (typeof part === "object" && part !== null)
        found.push({ path: [list, index, "to"], target: text((part as Loose).to) });
    });
  }
  for (const map of ["choices", "exits"]) {
    for (const [key, target] of Object.entries((loose[map] as Loose) ?? {}))
      found.push({ path: [map, key], target: text(target) });
  }
  for (const way of WAYS[node.type]) found.push({ path: [way], target: text(loose[way]) });
  return found;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** The exit that is taken in place of one that leads nowhere; null: the flow ends. */
export function insteadOf(node: FlowNode, path: Path): string | null {
  const [field] = path;
  if (node.type === "hours" && field === "holiday") return "closed";
  if (node.type === "ring" && (field === "busy" || field === "unreachable")) return "no_answer";
  return null;
}

export function exitKey(path: Path): string {
  return path.join("|");
}

/** A copy with the value at a path put in place. */
export function put<T>(whole: T, path: Path, value: unknown): T {
  const [first, ...rest] = path;
  if (first === undefined) return value as T;
  if (Array.isArray(whole)) {
    const copy = [...whole];
    copy[first as number] = put(copy[first as number], rest, value);
    return copy as T;
  }
  const object = (whole ?? {}) as Loose;
  return { ...object, [first]: put(object[first], rest, value) } as T;
}

export function changeNode(doc: FlowDoc, id: string, path: Path, value: unknown): FlowDoc {
  const node = doc.nodes[id];
  return node ? { ...doc, nodes: { ...doc.nodes, [id]: put(node, path, value) } } : doc;
}

/** Join an exit to a node; null: the flow ends there. */
export function connect(doc: FlowDoc, id: string, path: Path, target: string | null): FlowDoc {
  const node = doc.nodes[id];
  // A share's target must be a node: there it is the target that goes.
  if (node?.type === "share" && target === null && path[0] === "targets") {
    const targets = node.targets.filter((_, index) => index !== path[1]);
    return changeNode(doc, id, ["targets"], targets);
  }
  return changeNode(doc, id, path, target);
}

/** An id of the type's name that no node has. */
export function newNodeId(doc: FlowDoc, stem: string): string {
  let id = stem;
  for (let count = 2; id in doc.nodes; count++) id = `${stem}-${count}`;
  return id;
}

export function addNode(
  doc: FlowDoc,
  node: FlowNode,
  from?: { id: string; path: Path },
): { doc: FlowDoc; id: string } {
  const id = newNodeId(doc, node.type);
  const nodes = { ...doc.nodes, [id]: node };
  const added = { ...doc, nodes, start: doc.start in doc.nodes ? doc.start : id };
  return { doc: from ? connect(added, from.id, from.path, id) : added, id };
}

/** Take a node out; what led there goes on with the node that follows it, where only one does, else ends. */
export function removeNode(doc: FlowDoc, id: string): FlowDoc {
  const gone = doc.nodes[id];
  if (!gone || Object.keys(doc.nodes).length === 1) return doc;
  const onward = [...new Set(exitsOf(gone).map((exit) => exit.target))].filter(
    (target): target is string => target !== null && target !== id,
  );
  const heir = onward.length === 1 && onward[0] !== undefined ? onward[0] : null;
  const { [id]: _, ...rest } = doc.nodes;
  let result: FlowDoc = { ...doc, nodes: rest };
  for (const [other, node] of Object.entries(rest)) {
    // From the last on: a share loses targets on the way.
    for (const exit of exitsOf(node).reverse())
      if (exit.target === id) result = connect(result, other, exit.path, heir);
  }
  const first = Object.keys(rest)[0] ?? "";
  return { ...result, start: doc.start === id ? (heir ?? first) : doc.start };
}

/** What leads to a node. */
export function waysInto(doc: FlowDoc, id: string): string[] {
  return Object.entries(doc.nodes)
    .filter(([, node]) => exitsOf(node).some((exit) => exit.target === id))
    .map(([other]) => other);
}

/** Nodes as one would tell them: from the start on, each before what follows it; then those nothing leads to. */
export function inOrder(doc: FlowDoc): { id: string; depth: number; reached: boolean }[] {
  const found: { id: string; depth: number; reached: boolean }[] = [];
  const seen = new Set<string>();
  const walk = (id: string, depth: number, reached: boolean) => {
    const node = doc.nodes[id];
    if (!node || seen.has(id)) return;
    seen.add(id);
    found.push({ id, depth, reached });
    for (const exit of exitsOf(node)) if (exit.target) walk(exit.target, depth + 1, reached);
  };
  walk(doc.start, 0, true);
  for (const id of Object.keys(doc.nodes)) walk(id, 0, false);
  return found;
}

/** The node that a finding's field is in: `nodes.menu.choices.1` → `menu`. Ids may hold dots: the longest that fits. */
export function nodeOfField(doc: FlowDoc, field: string): string | null {
  if (!field.startsWith("nodes.")) return null;
  const rest = field.slice("nodes.".length);
  const fits = Object.keys(doc.nodes).filter((id) => rest === id || rest.startsWith(`${id}.`));
  return fits.sort((a, b) => b.length - a.length)[0] ?? null;
}
