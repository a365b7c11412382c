import "@xyflow/react/dist/base.css";
import { Box, useComputedColorScheme } from "@mantine/core";
import {
  Background,
  type Connection,
  Controls,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  MarkerType,
  type Node,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import type { Finding } from "./api";
import classes from "./Canvas.module.css";
import { nodeName, type Words } from "./describe";
import { useEditor } from "./editor";
import { exitsOf, type Path } from "./graph";
import { heightOf, layOut, linesOf, WIDTH } from "./layout";
import { type CardData, NodeCard } from "./NodeCard";
import { litBy } from "./way";

const NODE_TYPES = { card: NodeCard };
const FIT = { maxZoom: 1, padding: 0.08 };
const READABLE = 0.62;
const NONE: ReadonlySet<string> = new Set();

interface Props {
  words: Words;
  findings: Map<string, Finding[]>;
}

/** The flow as a graph: nodes in columns by themselves, exits dragged to what follows. */
export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Graph {...props} />
    </ReactFlowProvider>
  );
}

function pathOf(handle: string): Path {
  return handle.split("|").map((part, index) => (index === 1 && /^\d+$/.test(part) ? Number(part) : part));
}

function Graph({ words, findings }: Props) {
  const editor = useEditor();
  const { doc, chosen, may, tried } = editor;
  const scheme = useComputedColorScheme("light");
  const places = useMemo(() => layOut(doc), [doc]);
  const lit = useMemo(() => (tried ? litBy(tried.result, doc) : null), [tried, doc]);
  const openPalette = editor.openPalette;
  const frame = useRef<HTMLDivElement>(null);

  const nodes = useMemo<Node<CardData>[]>(
    () =>
      Object.entries(doc.nodes).map(([id, node]) => ({
        id,
        type: "card",
        position: places.get(id) ?? { x: 0, y: 0 },
        width: WIDTH,
        height: heightOf(exitsOf(node).length),
        selected: id === chosen,
        draggable: false,
        deletable: may,
        ariaLabel: nodeName(doc, id, words),
        data: {
          node,
          words,
          start: doc.start === id,
          findings: findings.get(id) ?? [],
          passed: lit ? lit.nodes.has(id) : null,
          taken: lit?.exits.get(id) ?? NONE,
          may,
          onOpen: (path) => openPalette({ id, path }),
        },
      })),
    [doc, places, chosen, may, words, findings, lit, openPalette],
  );

  const edges = useMemo<Edge[]>(
    () =>
      linesOf(doc).map((line) => {
        const on = lit?.exits.get(line.source)?.has(line.exit) ?? false;
        return {
          id: line.id,
          source: line.source,
          sourceHandle: line.exit,
          target: line.target,
          targetHandle: "in",
          className: on ? classes.lit : lit ? classes.dim : classes.edge,
          animated: on,
          zIndex: on ? 1 : 0,
          deletable: may,
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, markerUnits: "userSpaceOnUse" },
        };
      }),
    [doc, lit, may],
  );

  // All of it where that can be read, else the beginning.
  const begin = (flow: ReactFlowInstance<Node<CardData>, Edge>) => {
    void flow.fitView(FIT).then(() => {
      const start = places.get(doc.start);
      if (flow.getZoom() >= READABLE || !start) return;
      const height = frame.current?.clientHeight ?? 0;
      void flow.setViewport({ x: 32, y: height / 3 - start.y * READABLE, zoom: READABLE });
    });
  };

  useLitInView(lit?.nodes);
  useInView(chosen, doc.id, Object.keys(doc.nodes).length);

  const onNodesChange = (changes: NodeChange<Node<CardData>>[]) => {
    for (const change of changes) {
      if (change.type === "select" && change.selected) editor.choose(change.id);
      if (change.type === "remove") editor.remove(change.id);
    }
  };
  const onEdgesChange = (changes: EdgeChange[]) => {
    for (const change of changes) {
      const edge = change.type === "remove" ? edges.find((one) => one.id === change.id) : undefined;
      // A node that is removed takes its edges with it by itself.
      if (edge?.selected) editor.join(edge.source, pathOf(edge.sourceHandle ?? ""), null);
    }
  };
  const onConnect = (made: Connection) =>
    editor.join(made.source, pathOf(made.sourceHandle ?? ""), made.target);
  const onConnectEnd = (_: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.toNode || !state.fromNode || state.fromHandle?.type !== "source") return;
    openPalette({ id: state.fromNode.id, path: pathOf(state.fromHandle.id ?? "") });
  };

  return (
    <Box className={classes.canvas} ref={frame}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onPaneClick={() => editor.choose(null)}
        nodesConnectable={may}
        deleteKeyCode={may ? ["Delete"] : null}
        colorMode={scheme}
        onInit={begin}
        minZoom={0.15}
        maxZoom={1.6}
        aria-label={words.t("canvas", { name: doc.name || doc.id })}
      >
        <Background gap={22} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </Box>
  );
}

/** Bring what is chosen elsewhere into view, and everything when nodes come or go. */
function useInView(chosen: string | null, flow: string, count: number) {
  const { setCenter, getNode, getZoom, fitView } = useReactFlow();
  const before = useRef({ flow, count });
  useEffect(() => {
    if (before.current.flow !== flow || before.current.count === count) return;
    before.current = { flow, count };
    if (chosen === null) void fitView({ ...FIT, minZoom: READABLE, duration: 250 });
  }, [flow, count, chosen, fitView]);
  useEffect(() => {
    const node = chosen === null ? undefined : getNode(chosen);
    if (!node) return;
    const { x, y } = node.position;
    const zoom = Math.max(getZoom(), 0.6);
    void setCenter(x + WIDTH / 2, y + (node.height ?? 0) / 2, { zoom, duration: 250 });
  }, [chosen, getNode, getZoom, setCenter]);
}

/** Bring the way of a call that was tried into view. */
function useLitInView(lit: ReadonlySet<string> | undefined) {
  const { fitView } = useReactFlow();
  useEffect(() => {
    if (lit && lit.size > 0) void fitView({ ...FIT, nodes: [...lit].map((id) => ({ id })), duration: 300 });
  }, [lit, fitView]);
}
