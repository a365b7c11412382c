import { describe, expect, it } from "vitest";
import { differences, restOf, type Simulation, scenarioOf } from "./again";
import type { CallDetail } from "./journey";

function call(more: Partial<CallDetail>, journey: Record<string, unknown> = {}): CallDetail {
  return {
    direction: "inbound",
    caller: "+34911234567",
    caller_name: "",
    dialled: "+34910000100",
    via: "trunk:main",
    trace: [],
    messages: [],
    journey,
    ...more,
  } as unknown as CallDetail;
}

function now(rest: string, ...nodes: string[]): Simulation {
  return { rest, steps: nodes.map((node) => ({ node })) } as unknown as Simulation;
}

const trace = (...nodes: string[]) => nodes.map((node) => ({ node })) as CallDetail["trace"];

describe("the same call again", () => {
  it("is asked for with the same caller, number and trunk", () => {
    expect(scenarioOf(call({}), ["main"])).toEqual({
      from: "+34911234567",
      to: "+34910000100",
      trunk: "main",
    });
    expect(scenarioOf(call({ caller: "" }), ["main"])).toMatchObject({ from: "anonymous" });
  });

  it("names no trunk that is no more", () => {
    expect(scenarioOf(call({}), [])).toEqual({ from: "+34911234567", to: "+34910000100" });
  });

  it("comes from a person where it came from inside", () => {
    const legs = [{ leg: "a", user: "ana" }];
    expect(
      scenarioOf(call({ direction: "internal", dialled: "*97", via: "device:x" }, { legs }), ["main"]),
    ).toEqual({
      from: "user:ana",
      to: "*97",
    });
    expect(scenarioOf(call({ direction: "outbound" }), ["main"])).toBeNull();
  });

  it("cannot be tried where something else than a number was dialled", () => {
    expect(scenarioOf(call({ dialled: "ana.garcia" }), ["main"])).toBeNull();
  });
});

describe("what differs", () => {
  const answered = { answers: [{ leg: "b1", at: 1, user: "ana", target: "device:desk" }] };

  it("is nothing where the way and its end are the same", () => {
    const then = call({ trace: trace("", "main/hours", "main/hours", "main/ring") }, answered);
    expect(differences(then, now("user:ana", "main/hours", "main/ring"))).toEqual([]);
  });

  it("is the first place where the ways part, and the end", () => {
    const then = call({ trace: trace("main/hours", "main/ring") }, answered);
    expect(differences(then, now("voicemail:ana", "main/hours", "main/closed", "main/box"))).toEqual([
      { kind: "way", was: "main/ring", now: "main/closed" },
      { kind: "rest", was: "user:ana", now: "voicemail:ana" },
    ]);
  });

  it("is not the end where nobody took the call: who called may have hung up", () => {
    const then = call({ trace: trace("main/hours", "main/ring") });
    expect(restOf(then)).toBe("");
    expect(differences(then, now("user:ana", "main/hours", "main/ring"))).toEqual([]);
  });

  it("is a way that goes on where it once ended, and one that ends where it went on", () => {
    expect(differences(call({ trace: trace("a/x") }), now("user:ana", "a/x", "a/y"))).toEqual([
      { kind: "way", was: "", now: "a/y" },
    ]);
    expect(differences(call({ trace: trace("a/x", "a/y") }), now("hang-up", "a/x"))).toEqual([
      { kind: "way", was: "a/y", now: "" },
    ]);
  });

  it("knows a message for a mailbox", () => {
    const messages = [{ user: "ana" }] as CallDetail["messages"];
    expect(restOf(call({ messages }))).toBe("voicemail:ana");
  });
});
