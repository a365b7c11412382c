import { describe, expect, it } from "vitest";
import type { Kinds } from "@/api/objects";
import { type Answers, asYaml, type Document, EVERYBODY, idsOf, objectsOf, plainNumber } from "./plan";

const site = {
  kind: "site",
  id: "main",
  name: "Sol",
  country: "ES",
  language: "es",
  first_extension: "100",
  last_extension: "899",
  number: "",
} as Kinds["site"];
const words = {
  telephone: (name: string) => `Teléfono de ${name}`,
  hours: "Horario",
  holidays: "Festivos",
  welcome: "Bienvenida",
  closed: "Cerrado",
  everybody: "Todos",
  queue: "Recepción",
  menu: "Menú",
  flow: "Llamadas",
};
const answers: Answers = {
  people: [
    { key: "1", name: "Ana García ", mail: "ana@sol.es" },
    { key: "2", name: "Ana García", mail: "" },
  ],
  hours: {
    always: false,
    days: ["mon", "sat"],
    from: "09:00",
    to: "14:00",
    split: true,
    back: "16:00",
    until: "19:00",
    holidays: true,
  },
  outside: {
    later: false,
    number: "+34 910-00 00 00",
    provider: "",
    host: "sip.example.com",
    register: true,
    username: "sol",
    password: "x",
  },
  calls: {
    template: "everybody",
    voicemail: "2",
    choices: [
      { digit: "1", label: "ventas", to: EVERYBODY },
      { digit: "2", label: "Ana", to: "1" },
    ],
    welcome: "Hola",
    closed: "Cerrado",
  },
};

function made(changed: Partial<Answers>, kind: Document["kind"], id: string): Record<string, unknown> {
  const all = objectsOf({ ...answers, ...changed }, { site, words });
  const found = all.filter((one) => one.kind === kind && one.id === id);
  expect(found).toHaveLength(1);
  return found[0] as unknown as Record<string, unknown>;
}

function flow(changed: Partial<Answers> = {}) {
  const { start, nodes } = made(changed, "flow", "main");
  return { start: start as string, nodes: nodes as Record<string, Record<string, unknown>> };
}

describe("the first steps", () => {
  it("give people of the same name ids of their own, and each a telephone", () => {
    expect([...idsOf(answers.people).values()]).toEqual(["ana-garcia", "ana-garcia-2"]);
    expect(made({}, "user", "ana-garcia")).toMatchObject({ name: "Ana García", site: "main" });
    expect(made({}, "device", "ana-garcia-2")).toMatchObject({ user: "ana-garcia-2" });
  });

  it("close at noon, on the other days and on holidays", () => {
    expect(made({}, "schedule", "opening-hours")).toMatchObject({
      weekly: { mon: ["09:00-14:00", "16:00-19:00"], sat: ["09:00-14:00", "16:00-19:00"] },
      calendars: ["holidays"],
    });
    expect(made({}, "calendar", "holidays")).toMatchObject({ country: "ES" });
  });

  it("lead callers from the hours over the greeting to everybody, and at last to the mailbox", () => {
    const { start, nodes } = flow();
    expect(nodes[start]).toMatchObject({ type: "hours", open: "welcome", closed: "closed" });
    expect(nodes.welcome).toMatchObject({ next: "everybody" });
    expect(nodes.everybody).toMatchObject({ targets: ["group:everybody"], no_answer: "message" });
    expect(nodes.message).toEqual({ type: "voicemail", user: "ana-garcia-2" });
  });

  it("ask for no hours where somebody always answers", () => {
    const always = { hours: { ...answers.hours, always: true } };
    expect(flow(always).start).toBe("welcome");
    expect(objectsOf({ ...answers, ...always }, { site, words }).map((one) => one.kind)).not.toContain(
      "schedule",
    );
  });

  it("make a menu whose choices ring whom they name, each with their own mailbox", () => {
    const { nodes } = flow({ calls: { ...answers.calls, template: "menu" } });
    expect(nodes.menu).toMatchObject({ choices: { 1: "everybody", 2: "ring-ana-garcia" } });
    expect(nodes["ring-ana-garcia"]).toMatchObject({ no_answer: "message-ana-garcia" });
    expect(nodes.welcome).toBeUndefined();
  });

  it("make a queue with everybody in it, without anybody logging in", () => {
    const calls = { ...answers.calls, template: "queue" as const };
    expect(flow({ calls }).nodes.queue).toMatchObject({ queue: "reception", otherwise: "message" });
    expect(made({ calls }, "queue", "reception").agents).toEqual([
      { user: "ana-garcia", always: true },
      { user: "ana-garcia-2", always: true },
    ]);
  });

  it("bring the number to the flow, and show it outside", () => {
    expect(made({}, "number", "main")).toMatchObject({ number: "+34910000000", destination: "flow:main" });
    expect(made({}, "trunk", "provider")).toMatchObject({ register: true, username: "sol" });
    expect(made({}, "site", "main")).toMatchObject({ number: "+34910000000", first_extension: "100" });
    expect(plainNumber("+34 (910) 00.00/00")).toBe("+34910000000");
  });

  it("leave out what comes later, and every node that is named is there", () => {
    const later = { outside: { ...answers.outside, later: true } };
    const kinds = objectsOf({ ...answers, ...later }, { site, words }).map((one) => one.kind);
    expect(kinds).not.toContain("trunk");
    for (const template of ["everybody", "menu", "queue"] as const) {
      const { nodes } = flow({ calls: { ...answers.calls, template, welcome: "x" } });
      for (const node of Object.values(nodes)) {
        const ways = [node.open, node.closed, node.next, node.no_answer, node.otherwise];
        const all = [...ways, ...Object.values((node.choices as object) ?? {})].filter(Boolean);
        for (const way of all) expect(Object.keys(nodes)).toContain(way);
      }
    }
  });

  it("are written as documents of one text", () => {
    const text = asYaml(objectsOf(answers, { site, words }));
    const documents = text.split("\n---\n").map((one) => JSON.parse(one));
    expect(documents).toHaveLength(objectsOf(answers, { site, words }).length);
  });
});
