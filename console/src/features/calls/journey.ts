/** A call's way as a list of what happened, for drawing: out of the record's steps, legs, answers and stays in queues. Pure. */
import type { components } from "@/api/generated";

export type CallDetail = components["schemas"]["CallDetail"];

/** The record's own parts; what says nothing is left out of them. Instants are seconds since the epoch. */
export interface Leg {
  leg: string;
  target?: string;
  step?: number;
  user?: string;
  number?: string;
  address?: string;
  started_at?: number;
  alerting_at?: number;
  answered_at?: number;
  ended_at?: number;
  end?: string;
  sip_status?: number;
  codec?: string;
  holds?: { at: number; until?: number }[];
}

interface Step {
  step: number;
  kind: string;
  target: string;
  started_at: number;
  ended_at?: number;
  end?: string;
}

interface Answer {
  leg: string;
  at: number;
  until?: number;
  target?: string;
  user?: string;
  service?: string;
}

interface Stay {
  queue: string;
  at: number;
  position?: number;
  missed?: { agent: string; at: number; end: string; rang: number }[];
  agent?: string;
  answered_at?: number;
  left_at?: number;
  reason?: string;
  waited?: number;
  key?: string;
  target?: string;
  callback?: string;
}

export interface CallRecord {
  steps: Step[];
  legs: Leg[];
  answers: Answer[];
  queues: Stay[];
}

export interface Rung {
  who: string;
  /** Seconds that it rang. */
  rang: number;
  end: string;
}

export type Happening =
  | { kind: "begin"; at: number }
  | { kind: "menu"; at: number; node: string; pressed: string }
  | { kind: "ring"; at: number; outside: boolean; rung: Rung[]; seconds: number }
  | { kind: "queue"; at: number; queue: string; position: number; waited: number; missed: Rung[] }
  | { kind: "turned-away"; at: number; queue: string; reason: string }
  | {
      kind: "left";
      at: number;
      queue: string;
      reason: string;
      waited: number;
      key: string;
      target: string;
      callback: string;
    }
  | { kind: "announce"; at: number }
  | { kind: "answer"; at: number; user: string; target: string; seconds: number; queue: string }
  | { kind: "service"; at: number; service: string; seconds: number }
  | { kind: "hold"; at: number; who: string; seconds: number }
  | { kind: "recording"; at: number; seconds: number }
  | { kind: "message"; at: number; user: string; seconds: number }
  | { kind: "end"; at: number };

const CALLER = "a";

/** The API's instants and those of the record are of different precision. */
function millisecond(at: number): number {
  return Math.floor(at * 1000 + 0.01);
}

function seconds(text: string): number {
  return Date.parse(text) / 1000;
}

export function recordOf(detail: CallDetail): CallRecord {
  const {
    steps = [],
    legs = [],
    answers = [],
    queues = [],
  } = detail.journey as unknown as Partial<CallRecord>;
  return { steps, legs, answers, queues };
}

/** Who called, of a call from inside. */
export function callerUser(detail: CallDetail): string {
  return recordOf(detail).legs.find((leg) => leg.leg === CALLER)?.user ?? "";
}

function who(leg: Leg): string {
  if (leg.user) return `user:${leg.user}`;
  return leg.number ? leg.number : (leg.target ?? "");
}

/** What happened, in order. */
export function happenings(detail: CallDetail): Happening[] {
  const record = recordOf(detail);
  const end = seconds(detail.ended_at);
  const found: Happening[] = [{ kind: "begin", at: seconds(detail.started_at) }];
  for (const line of detail.trace) {
    if (line.pressed) {
      found.push({ kind: "menu", at: seconds(line.at), node: line.node, pressed: line.pressed });
    }
  }
  for (const step of record.steps) found.push(...stepTold(step, record, end));
  for (const stay of record.queues) found.push(...stayTold(stay, end));
  for (const answer of record.answers) found.push(answerTold(answer, record, end));
  for (const leg of record.legs) {
    for (const hold of leg.holds ?? []) {
      found.push({ kind: "hold", at: hold.at, who: who(leg), seconds: (hold.until ?? end) - hold.at });
    }
  }
  for (const one of detail.recordings) {
    found.push({ kind: "recording", at: seconds(one.at), seconds: one.duration });
  }
  for (const one of detail.messages) {
    found.push({ kind: "message", at: seconds(one.at), user: one.user, seconds: one.duration });
  }
  // Stable: what began at one instant stays in the order of its causes.
  found.sort((a, b) => millisecond(a.at) - millisecond(b.at));
  found.push({ kind: "end", at: end });
  return found;
}

function stepTold(step: Step, record: CallRecord, end: number): Happening[] {
  if (step.kind === "announce") return [{ kind: "announce", at: step.started_at }];
  if (step.kind !== "ring" && step.kind !== "trunk") return [];
  const legs = record.legs.filter((leg) => leg.leg !== CALLER && leg.step === step.step);
  // In a queue the stay tells of those who did not answer.
  const inQueue = record.queues.some(
    (stay) => stay.at <= step.started_at && step.started_at <= (stay.answered_at ?? stay.left_at ?? end),
  );
  if (inQueue) return [];
  return [
    {
      kind: "ring",
      at: step.started_at,
      outside: step.kind === "trunk",
      seconds: (step.ended_at ?? end) - step.started_at,
      rung: legs.map((leg) => rungOf(leg, end)),
    },
  ];
}

function rungOf(leg: Leg, end: number): Rung {
  const began = leg.started_at ?? 0;
  const stopped = leg.answered_at ?? leg.ended_at ?? end;
  return {
    who: who(leg),
    rang: Math.max(0, stopped - began),
    end: leg.answered_at ? "answered" : (leg.end ?? ""),
  };
}

function stayTold(stay: Stay, end: number): Happening[] {
  if (!stay.position) {
    return [{ kind: "turned-away", at: stay.at, queue: stay.queue, reason: stay.reason ?? "" }];
  }
  const entered: Happening = {
    kind: "queue",
    at: stay.at,
    queue: stay.queue,
    position: stay.position,
    waited: stay.answered_at ? (stay.waited ?? 0) : (stay.left_at ?? end) - stay.at,
    missed: (stay.missed ?? []).map(({ agent, rang, end: how }) => ({
      who: `user:${agent}`,
      rang,
      end: how,
    })),
  };
  if (stay.left_at === undefined || stay.reason === "answered") return [entered];
  const { queue, reason = "", waited = 0, key = "", target = "", callback = "" } = stay;
  return [entered, { kind: "left", at: stay.left_at, queue, reason, waited, key, target, callback }];
}

function answerTold(answer: Answer, record: CallRecord, end: number): Happening {
  const long = Math.max(0, (answer.until ?? end) - answer.at);
  if (answer.service) return { kind: "service", at: answer.at, service: answer.service, seconds: long };
  const queue = record.queues.find((stay) => stay.answered_at && Math.abs(stay.answered_at - answer.at) < 1);
  return {
    kind: "answer",
    at: answer.at,
    user: answer.user ?? "",
    target: answer.target ?? "",
    seconds: long,
    queue: queue?.queue ?? "",
  };
}
