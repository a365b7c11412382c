/**
 * What the first steps make of what somebody who sets up a company answered: people and their telephones, opening hours, a number and its
 * provider, and the flow that calls go through. Pure: answers in, objects of the configuration out, all for one version.
 */
import { idOf } from "@/api/ids";
import type { Kind, Kinds } from "@/api/objects";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

export interface Person {
  /** Stays the same while names are typed. */
  key: string;
  name: string;
  mail: string;
}

export interface Hours {
  always: boolean;
  days: Day[];
  from: string;
  to: string;
  /** Closed at noon; open again from `back` to `until`. */
  split: boolean;
  back: string;
  until: string;
  /** Closed on the country's public holidays. */
  holidays: boolean;
}

export interface Outside {
  later: boolean;
  number: string;
  provider: string;
  host: string;
  /** How the provider knows us: by a user and a password with which we register, or by our address. */
  register: boolean;
  username: string;
  password: string;
}

export const TEMPLATES = ["everybody", "menu", "queue"] as const;
export type Template = (typeof TEMPLATES)[number];
export const EVERYBODY = "everybody";

export interface Choice {
  digit: string;
  /** What for, as it is said: "ventas". */
  label: string;
  /** A person's key, or EVERYBODY. */
  to: string;
}

export interface Calls {
  template: Template;
  /** Whose mailbox takes what nobody answers, by key. */
  voicemail: string;
  choices: Choice[];
  /** What is said to callers; empty: nothing. */
  welcome: string;
  closed: string;
}

export interface Answers {
  people: Person[];
  hours: Hours;
  outside: Outside;
  calls: Calls;
}

export interface Company {
  site: Kinds["site"];
  /** Names of what is made, in the reader's language. */
  words: {
    telephone: (name: string) => string;
    hours: string;
    holidays: string;
    welcome: string;
    closed: string;
    everybody: string;
    queue: string;
    menu: string;
    flow: string;
  };
}

/** An object as a document says it: with its kind and id, and without what is as it usually is. */
export type Document = { [K in Kind]: { kind: K; id: string } & Partial<Kinds[K]> }[Kind];

/** Nodes of the flow are named after people, with a word before it. */
const LONGEST_ID = 40;

/** Each person's id, by key. */
export function idsOf(people: readonly Person[]): Map<string, string> {
  const taken = new Set<string>();
  const found = new Map<string, string>();
  for (const person of people) {
    const id = idOf(person.name, taken, LONGEST_ID);
    taken.add(id);
    found.set(person.key, id);
  }
  return found;
}

/** Within the company the main flow can be dialled, so that it can be tried before there is any number. */
export function tryExtension(site: Kinds["site"]): string {
  return site.last_extension ?? "899";
}

export function objectsOf(answers: Answers, company: Company): Document[] {
  const ids = idsOf(answers.people);
  return [
    ...telephones(answers.people, ids, company),
    ...openingHours(answers.hours, company),
    ...callsIn(answers, ids, company),
    ...outside(answers.outside, company),
  ];
}

/** The documents as YAML, which JSON is a part of. */
export function asYaml(documents: readonly Document[]): string {
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

function telephones(
  people: readonly Person[],
  ids: Map<string, string>,
  { site, words }: Company,
): Document[] {
  return people.flatMap((person): Document[] => {
    const id = ids.get(person.key) ?? "";
    return [
      { kind: "user", id, name: person.name.trim(), mail: person.mail.trim(), site: site.id },
      { kind: "device", id, user: id, name: words.telephone(person.name.trim()) },
    ];
  });
}

export function spansOf(hours: Hours): string[] {
  const first = `${hours.from}-${hours.to}`;
  return hours.split ? [first, `${hours.back}-${hours.until}`] : [first];
}

function openingHours(hours: Hours, { site, words }: Company): Document[] {
  if (hours.always) return [];
  const weekly = Object.fromEntries(hours.days.map((day) => [day, spansOf(hours)]));
  const schedule: Document = {
    kind: "schedule",
    id: "opening-hours",
    name: words.hours,
    site: site.id,
    weekly: weekly as Kinds["schedule"]["weekly"],
    calendars: hours.holidays ? ["holidays"] : [],
  };
  if (!hours.holidays) return [schedule];
  return [
    { kind: "calendar", id: "holidays", name: words.holidays, country: site.country ?? "ES", site: site.id },
    schedule,
  ];
}

type Nodes = Kinds["flow"]["nodes"];

function callsIn(answers: Answers, ids: Map<string, string>, company: Company): Document[] {
  if (answers.people.length === 0) return [];
  const { hours, calls, people } = answers;
  const { site, words } = company;
  const mailbox = ids.get(calls.voicemail) ?? ids.get(people[0]?.key ?? "") ?? "";
  const nodes: Record<string, object> = { message: { type: "voicemail", user: mailbox } };
  const spoken: Document[] = [];
  const say = (id: string, name: string, text: string) => {
    spoken.push({ kind: "prompt", id, name, text: { [site.language ?? "es"]: text.trim() } });
  };

  const open = openWay(answers, ids, company, nodes, say);
  let start = open.start;
  if (!hours.always) {
    let closed = "message";
    if (calls.closed.trim()) {
      say("closed", words.closed, calls.closed);
      nodes.closed = { type: "announce", prompt: "closed", next: "message" };
      closed = "closed";
    }
    nodes.hours = { type: "hours", schedule: "opening-hours", open: open.start, closed };
    start = "hours";
  }
  const flow: Document = {
    kind: "flow",
    id: "main",
    name: words.flow,
    extension: tryExtension(site),
    start,
    nodes: nodes as Nodes,
  };
  return [...spoken, ...open.objects, flow];
}

/** What happens while it is open: nodes are added, and what they name is returned. */
function openWay(
  { calls, people }: Answers,
  ids: Map<string, string>,
  { words }: Company,
  nodes: Record<string, object>,
  say: (id: string, name: string, text: string) => void,
): { start: string; objects: Document[] } {
  const everybody: Document = {
    kind: "group",
    id: "everybody",
    name: words.everybody,
    members: people.map((person) => ({ user: ids.get(person.key) ?? "", weight: 1 })),
    strategy: "all",
  };
  const welcome = calls.welcome.trim();
  if (welcome) say("welcome", words.welcome, welcome);
  const greeted = (next: string): string => {
    if (!welcome) return next;
    nodes.welcome = { type: "announce", prompt: "welcome", next };
    return "welcome";
  };
  if (calls.template === "queue") {
    nodes.queue = { type: "queue", queue: "reception", otherwise: "message" };
    const agents = people.map((person) => ({ user: ids.get(person.key) ?? "", always: true }));
    const queue = { kind: "queue", id: "reception", name: words.queue, agents, max_wait_seconds: 600 };
    const away = { overflow: { no_agents: { to: "", after_seconds: 20 } } };
    return { start: greeted("queue"), objects: [{ ...queue, ...away } as Document] };
  }
  nodes.everybody = { type: "ring", targets: ["group:everybody"], no_answer: "message" };
  if (calls.template === "everybody" || !welcome) {
    return { start: greeted("everybody"), objects: [everybody] };
  }
  const ways: Record<string, string> = {};
  for (const choice of calls.choices) {
    const user = ids.get(choice.to);
    if (user === undefined) {
      ways[choice.digit] = "everybody";
      continue;
    }
    ways[choice.digit] = `ring-${user}`;
    nodes[`ring-${user}`] = { type: "ring", targets: [`user:${user}`], no_answer: `message-${user}` };
    nodes[`message-${user}`] = { type: "voicemail", user };
  }
  nodes.menu = { type: "menu", menu: "main", choices: ways, otherwise: "everybody" };
  const menu: Document = { kind: "menu", id: "main", name: words.menu, prompt: "welcome", attempts: 2 };
  return { start: "menu", objects: [everybody, { ...menu, dial_extensions: true }] };
}

/** `+34 910 00 00 00` → `+34910000000`. */
export function plainNumber(text: string): string {
  return text.replaceAll(/[\s().\-/]/g, "");
}

function outside(given: Outside, { site }: Company): Document[] {
  if (given.later) return [];
  const number = plainNumber(given.number);
  const trunk: Document = {
    kind: "trunk",
    id: "provider",
    name: given.provider.trim() || given.host.trim(),
    host: given.host.trim(),
    register: given.register,
    ...(given.register ? { username: given.username.trim(), password: given.password } : {}),
  };
  const documents: Document[] = [
    trunk,
    { kind: "number", id: "main", number, trunk: "provider", destination: "flow:main" },
  ];
  if (!site.number) documents.push({ ...site, kind: "site", number });
  return documents;
}
