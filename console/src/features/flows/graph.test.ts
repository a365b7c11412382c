import { describe, expect, it } from "vitest";
import en from "@/i18n/en";
import es from "@/i18n/es";
import {
  addNode,
  connect,
  exitsOf,
  type FlowDoc,
  inOrder,
  NODE_TYPES,
  nodeOfField,
  removeNode,
} from "./graph";
import { begun, historyReducer } from "./history";
import { FIELDS, freshNode, GROUPS } from "./kinds";
import { layOut } from "./layout";
import { keysOf } from "./scenario";
import { freeId, objectsOf, TEMPLATES } from "./templates";
import { litBy } from "./way";

const OFFICE = {
  id: "main",
  kind: "flow",
  name: "Main",
  start: "open",
  nodes: {
    open: { type: "hours", label: "", schedule: "s", open: "menu", closed: "night" },
    menu: {
      type: "menu",
      label: "",
      menu: "m",
      choices: { "1": "ana", "2": "ana" },
      languages: {},
      otherwise: "menu",
    },
    ana: { ...freshNode("ring"), targets: ["user:ana"], no_answer: "night" },
    night: { type: "voicemail", label: "", user: "ana" },
  },
} as unknown as FlowDoc;

describe("a flow's graph", () => {
  it("knows every way out, those of keys before the rest", () => {
    const menu = OFFICE.nodes.menu;
    expect(menu && exitsOf(menu).map((exit) => [exit.path.join("."), exit.target])).toEqual([
      ["choices.1", "ana"],
      ["choices.2", "ana"],
      ["otherwise", "menu"],
    ]);
  });

  it("goes on with what followed a node that is taken out, where only one thing did", () => {
    const after = removeNode(OFFICE, "ana");
    expect(after.nodes.menu).toMatchObject({ choices: { "1": "night", "2": "night" } });
    expect(removeNode(OFFICE, "night").nodes.open).toMatchObject({ open: "menu", closed: null });
    expect(Object.keys(OFFICE.nodes)).toHaveLength(4);
  });

  it("keeps a share without targets that lead nowhere", () => {
    const share = { ...OFFICE.nodes, share: { ...freshNode("share"), targets: [{ to: "ana", weight: 1 }] } };
    const doc = { ...OFFICE, nodes: share } as FlowDoc;
    expect(removeNode(doc, "ana").nodes.share).toMatchObject({ targets: [{ to: "night", weight: 1 }] });
    expect(connect(doc, "share", ["targets", 0, "to"], null).nodes.share).toMatchObject({ targets: [] });
  });

  it("places a new node after the exit that it was made for", () => {
    const { doc, id } = addNode(OFFICE, freshNode("announce"), { id: "open", path: ["holiday"] });
    expect(doc.nodes.open).toMatchObject({ holiday: id });
    expect(addNode(doc, freshNode("announce")).id).not.toBe(id);
  });

  it("tells the nodes in order, and those that nothing leads to at the end", () => {
    const { doc, id } = addNode(OFFICE, freshNode("hang-up"));
    expect(inOrder(doc).map((one) => one.id)).toEqual(["open", "menu", "ana", "night", id]);
    expect(inOrder(doc).at(-1)?.reached).toBe(false);
  });

  it("finds the node of a finding, also where ids hold dots", () => {
    const nodes = { ...OFFICE.nodes, "menu.two": freshNode("hang-up") };
    const doc = { ...OFFICE, nodes } as FlowDoc;
    expect(nodeOfField(doc, "nodes.menu.choices.1")).toBe("menu");
    expect(nodeOfField(doc, "nodes.menu.two.cause")).toBe("menu.two");
    expect(nodeOfField(doc, "start")).toBeNull();
  });

  it("is laid out from left to right, with no node upon another, in spite of circles", () => {
    const places = layOut(OFFICE);
    const x = (id: string) => places.get(id)?.x ?? Number.NaN;
    expect(x("open")).toBeLessThan(x("menu"));
    expect(x("menu")).toBeLessThan(x("ana"));
    expect(x("ana")).toBeLessThan(x("night"));
    expect(new Set([...places.values()].map(({ x: left, y }) => `${left},${y}`)).size).toBe(4);
  });
});

describe("the way of a call that was tried", () => {
  it("lights the nodes and the exits of the keys that were pressed", () => {
    const step = { node: "main/menu", pressed: "2", target: "main/ana" };
    const result = { steps: [step], way: ["main/open", "main/menu", "main/menu", "main/ana", "user:ana"] };
    const lit = litBy(result as never, OFFICE);
    expect([...lit.nodes]).toEqual(["open", "menu", "ana"]);
    expect([...(lit.exits.get("menu") ?? [])]).toEqual(["choices|2"]);
    expect([...(lit.exits.get("open") ?? [])]).toEqual(["open"]);
  });

  it("takes keys as people write them", () => {
    expect(keysOf(" 1, 2  *3x 45#")).toEqual(["1", "2", "45#"]);
  });
});

describe("the history", () => {
  it("undoes and does again, and takes typing on as one change", () => {
    let history = begun("a");
    history = historyReducer(history, { type: "change", by: (now) => `${now}b`, about: "x" });
    history = historyReducer(history, { type: "change", by: (now) => `${now}c`, about: "x" });
    history = historyReducer(history, { type: "change", by: (now) => `${now}d`, about: "y" });
    history = historyReducer(history, { type: "undo" });
    expect(history.now).toBe("abc");
    history = historyReducer(history, { type: "undo" });
    expect(history.now).toBe("a");
    history = historyReducer(history, { type: "redo" });
    expect(history.now).toBe("abc");
    expect(historyReducer(history, { type: "change", by: (now) => now }).future).toHaveLength(1);
  });
});

describe("templates", () => {
  const wishes = {
    name: "Flujo Ñ",
    people: ["ana"],
    voicemail: "ana",
    schedule: "",
    greeting: "Hola",
    closed: "Cerrado",
    number: "main",
    language: "es" as const,
  };
  const names = Object.fromEntries(
    ["menu", "greeting", "closed", "schedule", "group", "queue", "start", "night", "welcome"].map((one) => [
      one,
      one,
    ]),
  ) as never;

  it.each(TEMPLATES)("%s is whole: every exit leads to a node that is there", (template) => {
    const id = freeId(wishes.name, ["flujo-n"]);
    expect(id).toBe("flujo-n-2");
    const made = objectsOf({ ...wishes, template }, id, names);
    const flow = made.find((one) => one.kind === "flow") as unknown as FlowDoc;
    for (const node of Object.values(flow.nodes))
      for (const exit of exitsOf(node)) if (exit.target) expect(flow.nodes).toHaveProperty(exit.target);
    expect(inOrder(flow).every((one) => one.reached)).toBe(true);
    expect(made.at(-1)).toMatchObject({ kind: "number", id: "main", destination: `flow:${id}` });
  });
});

describe("the words of steps", () => {
  it.each([
    ["es", es],
    ["en", en],
  ] as const)("are all there in %s", (_, catalogue) => {
    const words = catalogue.flows as Record<string, Record<string, unknown>>;
    for (const type of NODE_TYPES) {
      expect(GROUPS.filter((group) => group.types.includes(type))).toHaveLength(1);
      expect(words.node?.[type], type).toMatchObject({ name: expect.any(String), hint: expect.any(String) });
      for (const field of FIELDS[type]) {
        expect(words.field?.[field.name], field.name).toBeTypeOf("string");
        if (field.form === "choice")
          for (const option of field.options)
            expect((words.option?.[field.name] as Record<string, string>)?.[option], option).toBeTypeOf(
              "string",
            );
      }
      for (const exit of exitsOf(freshNode(type))) {
        const [name] = exit.path;
        if (exit.path.length === 1) expect(words.exit, String(name)).toHaveProperty(String(name));
      }
    }
  });
});
