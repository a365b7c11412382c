import { describe, expect, it } from "vitest";
import { applied, type Board, type Message } from "./board";

const empty = { calls: {}, queues: {}, agents: {}, registrations: {}, trunks: {}, switch: {} } as Board;

function changes(...all: [keyof Board, string, unknown][]): Message {
  return {
    type: "changes",
    serial: 2,
    at: "2026-11-28T12:00:00Z",
    changes: all.map(([kind, id, item]) => ({ kind, id, item })),
  };
}

describe("the board", () => {
  it("begins with a snapshot; changes before it are nothing to us", () => {
    expect(applied(null, changes(["calls", "a", {}]))).toBeNull();
    expect(applied(null, { type: "snapshot", serial: 1, at: "", board: empty })).toBe(empty);
  });

  it("takes what is new, in place of what was there, and away what is gone", () => {
    const first = applied(
      empty,
      changes(["trunks", "a", { id: "a", state: "down" }], ["trunks", "b", { id: "b" }]),
    );
    const second = applied(first, changes(["trunks", "a", { id: "a", state: "up" }], ["trunks", "b", null]));
    expect(second?.trunks).toEqual({ a: { id: "a", state: "up" } });
  });

  it("leaves alone what did not change, and what was there before", () => {
    const next = applied(empty, changes(["calls", "x", { id: "x" }]));
    expect(next?.queues).toBe(empty.queues);
    expect(empty.calls).toEqual({});
  });
});
