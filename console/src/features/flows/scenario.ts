/** A call to be tried, as the form holds it, and as the API takes it; and what is kept of it as a routing test. Pure. */
import type { Kinds } from "@/api/objects";
import type { Scenario, Simulation } from "./api";
import type { FlowDoc } from "./graph";

export interface TrialValues {
  caller: "number" | "anonymous" | "inside";
  number: string;
  person: string;
  /** What is dialled; DIRECT: straight into this flow. */
  to: string;
  /** `2026-11-28 20:00:00`, in the company's zone; empty: now. */
  at: string;
  press: string;
  noAnswer: string[];
  busy: string[];
  offline: string[];
  overrides: string[];
}

export const DIRECT = "direct";
/** A number that leads into the flow for the trial alone: toll-free, so that it belongs to nobody by its shape. */
const TRIAL_NUMBER = "+34800999901";
const TRIAL_ID = "centralita.trial";

/** What the caller presses at each question in turn. */
export function keysOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .filter((keys) => /^[0-9*#]{1,32}$/.test(keys))
    .slice(0, 50);
}

export function plainNumber(text: string): string {
  return text.replaceAll(/[\s().-]/g, "");
}

function answers(values: TrialValues): Record<string, string> {
  return Object.fromEntries([
    ...values.noAnswer.map((user) => [user, "no-answer"]),
    ...values.busy.map((user) => [user, "busy"]),
    ...values.offline.map((user) => [user, "offline"]),
  ]);
}

function callerOf(values: TrialValues): string {
  if (values.caller === "anonymous") return "anonymous";
  return values.caller === "inside" ? `user:${values.person}` : plainNumber(values.number);
}

/** The scenario with the document as it is in the editor, saved or not. */
export function scenarioOf(values: TrialValues, doc: FlowDoc): Scenario {
  const direct = values.to === DIRECT;
  const entry = { kind: "number", id: TRIAL_ID, number: TRIAL_NUMBER, destination: `flow:${doc.id}` };
  return {
    from: callerOf(values),
    to: direct ? TRIAL_NUMBER : plainNumber(values.to),
    at: values.at ? values.at.replace(" ", "T") : null,
    press: keysOf(values.press),
    answer: answers(values),
    overrides: values.overrides,
    objects: [{ ...doc }, ...(direct ? [entry] : [])],
  } as unknown as Scenario;
}

/** The same call as a test: it must go on ending where it did. */
export function testOf(values: TrialValues, result: Simulation, name: string): Partial<Kinds["test"]> {
  return {
    name,
    from: callerOf(values),
    to: plainNumber(values.to),
    // Told in the company's zone: what stands there is its wall clock.
    at: result.at.slice(0, 19),
    press: keysOf(values.press),
    answer: answers(values),
    overrides: values.overrides,
    expect: result.rest,
  } as Partial<Kinds["test"]>;
}
