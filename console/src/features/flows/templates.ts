/** What a new flow begins as: all the objects that it takes, to be made at once. Pure. */
import { slug } from "./targets";

export type Template = "office" | "callcentre" | "group" | "blank";
export const TEMPLATES: Template[] = ["office", "callcentre", "group", "blank"];

export interface Wishes {
  template: Template;
  name: string;
  /** Who answers: ids of users. */
  people: string[];
  /** Whose mailbox takes messages. */
  voicemail: string;
  /** An opening hours object; empty: one is made. */
  schedule: string;
  greeting: string;
  closed: string;
  /** The id of a number that shall lead here. */
  number: string;
  language: "es" | "en";
}

/** Names of what is made, in the reader's words. */
export interface Names {
  menu: string;
  greeting: string;
  closed: string;
  schedule: string;
  group: string;
  queue: string;
  start: string;
  night: string;
  welcome: string;
}

export type Made = { kind: string; id: string } & Record<string, unknown>;

export function usesSchedule(template: Template): boolean {
  return template === "office" || template === "callcentre";
}

/** An id of the name that is not taken. */
export function freeId(name: string, taken: Iterable<string>): string {
  const known = new Set(taken);
  const stem = slug(name) || "flujo";
  let id = stem;
  for (let count = 2; known.has(id); count++) id = `${stem}-${count}`;
  return id;
}

/** The objects of a flow; all of their ids begin with the flow's, which must be free. */
export function objectsOf(wishes: Wishes, id: string, names: Names): Made[] {
  const { template, name, language } = wishes;
  const made: Made[] = [];
  const spoken = (suffix: string, called: string, text: string) => {
    made.push({ kind: "prompt", id: `${id}-${suffix}`, name: called, text: { [language]: text } });
    return `${id}-${suffix}`;
  };
  const schedule = () => {
    if (wishes.schedule) return wishes.schedule;
    const weekly = { "mon-fri": ["09:00-14:00", "16:00-19:00"] };
    made.push({ kind: "schedule", id: `${id}-horario`, name: names.schedule, weekly });
    return `${id}-horario`;
  };
  const ring = (next: string) => ({
    type: "ring",
    targets: wishes.people.map((user) => `user:${user}`),
    no_answer: next,
  });
  const voicemail = { type: "voicemail", user: wishes.voicemail };
  const flow = (start: string, nodes: Record<string, unknown>) =>
    made.push({ kind: "flow", id, name, start, nodes });
  switch (template) {
    case "office": {
      const prompt = spoken("bienvenida", names.greeting, wishes.greeting);
      const closed = spoken("cerrado", names.closed, wishes.closed);
      made.push({ kind: "menu", id: `${id}-menu`, name: names.menu, prompt });
      flow("hours", {
        hours: { type: "hours", label: names.start, schedule: schedule(), open: "menu", closed: "night" },
        menu: {
          type: "menu",
          menu: `${id}-menu`,
          choices: { "1": "people", "2": "voicemail" },
          otherwise: "people",
        },
        people: ring("voicemail"),
        night: { type: "announce", label: names.night, prompt: closed, next: "voicemail" },
        voicemail,
      });
      break;
    }
    case "callcentre": {
      const prompt = spoken("bienvenida", names.greeting, wishes.greeting);
      const closed = spoken("cerrado", names.closed, wishes.closed);
      const agents = wishes.people.map((user) => ({ user }));
      made.push({ kind: "queue", id: `${id}-cola`, name: names.queue, agents, max_wait_seconds: 300 });
      flow("hours", {
        hours: { type: "hours", label: names.start, schedule: schedule(), open: "welcome", closed: "night" },
        welcome: { type: "announce", label: names.welcome, prompt, next: "queue" },
        queue: { type: "queue", queue: `${id}-cola`, otherwise: "voicemail" },
        night: { type: "announce", label: names.night, prompt: closed, next: "voicemail" },
        voicemail,
      });
      break;
    }
    case "group": {
      const members = wishes.people.map((user) => ({ user }));
      made.push({ kind: "group", id: `${id}-equipo`, name: names.group, members });
      flow("ring", {
        ring: { type: "ring", targets: [`group:${id}-equipo`], no_answer: "voicemail" },
        voicemail,
      });
      break;
    }
    case "blank":
      flow("ring", { ring: { ...ring("end"), no_answer: "end" }, end: { type: "hang-up" } });
  }
  if (wishes.number) made.push({ kind: "number", id: wishes.number, destination: `flow:${id}` });
  return made;
}
