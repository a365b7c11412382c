/** The state of the editor: the document with its past, what is chosen, and the way of a call that was tried. */
import { createContext, useContext, useMemo, useReducer, useState } from "react";
import type { Simulation } from "./api";
import {
  addNode,
  changeNode,
  connect,
  type FlowDoc,
  type FlowNode,
  newNodeId,
  type Path,
  removeNode,
} from "./graph";
import { begun, historyReducer } from "./history";

/** An exit that waits for the node that is to follow it. */
export interface Open {
  id: string;
  path: Path;
}

export type Side = "step" | "try" | "findings" | "settings";

export interface Editor {
  doc: FlowDoc;
  may: boolean;
  dirty: boolean;
  chosen: string | null;
  choose: (id: string | null) => void;
  side: Side;
  show: (side: Side) => void;
  change: (id: string, path: Path, value: unknown) => void;
  changeFlow: (fields: Partial<FlowDoc>) => void;
  join: (id: string, path: Path, target: string | null) => void;
  add: (node: FlowNode, from?: Open) => void;
  copy: (id: string) => void;
  remove: (id: string) => void;
  begin: (doc: FlowDoc) => void;
  saved: (doc: FlowDoc) => void;
  undo: () => void;
  redo: () => void;
  canUndo: boolean;
  canRedo: boolean;
  /** The palette: closed, open, or open for what follows an exit. */
  adding: Open | true | null;
  openPalette: (from: Open | true | null) => void;
  tried: Tried | null;
  light: (tried: Tried | null) => void;
}

export interface Tried {
  result: Simulation;
  /** The document that it was tried with. */
  doc: FlowDoc;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("outside of the editor");
  return editor;
}

export function useEditorState(initial: FlowDoc, may: boolean): Editor {
  const [history, act] = useReducer(historyReducer<FlowDoc>, initial, begun);
  const [baseline, setBaseline] = useState(initial);
  const [chosen, choose] = useState<string | null>(null);
  const [side, show] = useState<Side>("step");
  const [adding, openPalette] = useState<Open | true | null>(null);
  const [tried, light] = useState<Tried | null>(null);
  const doc = history.now;
  return useMemo(() => {
    const by = (edit: (now: FlowDoc) => FlowDoc, about?: string) =>
      act({ type: "change", by: edit, ...(about ? { about } : {}) });
    return {
      doc,
      may,
      dirty: doc !== baseline && JSON.stringify(doc) !== JSON.stringify(baseline),
      chosen: chosen !== null && chosen in doc.nodes ? chosen : null,
      choose: (id) => {
        choose(id);
        if (id !== null) show("step");
      },
      side,
      show,
      change: (id, path, value) => by((now) => changeNode(now, id, path, value), `${id}:${path.join(".")}`),
      changeFlow: (fields) => by((now) => ({ ...now, ...fields }), Object.keys(fields).join()),
      join: (id, path, target) => by((now) => connect(now, id, path, target)),
      add: (node, from) => {
        const added = addNode(doc, node, from);
        by(() => added.doc);
        choose(added.id);
        show("step");
        openPalette(null);
      },
      copy: (id) => {
        const node = doc.nodes[id];
        if (!node) return;
        const copied = newNodeId(doc, node.type);
        by((now) => ({ ...now, nodes: { ...now.nodes, [copied]: node } }));
        choose(copied);
      },
      remove: (id) => {
        by((now) => removeNode(now, id));
        choose(null);
      },
      begin: (next) => {
        act({ type: "begin", with: next });
        setBaseline(next);
      },
      saved: setBaseline,
      undo: () => act({ type: "undo" }),
      redo: () => act({ type: "redo" }),
      canUndo: history.past.length > 0,
      canRedo: history.future.length > 0,
      adding,
      openPalette,
      tried,
      light,
    };
  }, [doc, baseline, may, chosen, side, adding, tried, history.past.length, history.future.length]);
}
