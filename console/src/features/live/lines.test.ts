import { describe, expect, it } from "vitest";
import type { Board } from "@/api/board";
import { type Agent, agentActions, agentSince, inLine, queuesInOrder, secondsSince } from "./lines";

const NOW = Date.parse("2026-11-28T12:00:00Z");

function agent(more: Partial<Agent>): Agent {
  return { user: "ana", name: "Ana", state: "free", pauses: [], calls_now: [], queues: [], ...more } as Agent;
}

describe("the board in lines", () => {
  it("counts from instants, and never below none", () => {
    expect(secondsSince("2026-11-28T11:58:55Z", NOW)).toBe(65);
    expect(secondsSince("2026-11-28T12:00:03Z", NOW)).toBe(0);
    expect(secondsSince(null, NOW)).toBeNull();
  });

  it("has the queues first in which somebody waits, and only the chosen ones", () => {
    const board = {
      queues: {
        a: { id: "a", name: "Almacén", waiting: 0 },
        b: { id: "b", name: "Soporte", waiting: 2 },
        c: { id: "c", name: "", waiting: 0 },
      },
    } as unknown as Board;
    expect(queuesInOrder(board).map((queue) => queue.id)).toEqual(["b", "a", "c"]);
    expect(queuesInOrder(board, ["c", "gone"]).map((queue) => queue.id)).toEqual(["c"]);
  });

  it("leaves out of the line who talks already", () => {
    const callers = [{ position: 2 }, { position: 0 }, { position: 1 }];
    expect(inLine({ callers } as never).map((caller) => caller.position)).toEqual([1, 2]);
  });

  it("knows since when an agent talks or pauses", () => {
    const calls = { j: { id: "j", since: "s", answered_at: "t" } };
    const board = { calls } as unknown as Board;
    expect(agentSince(agent({ state: "talking", calls_now: ["gone", "j"] }), board)).toBe("t");
    expect(
      agentSince(agent({ state: "paused", pauses: [{ queue: "", reason: "", since: "p" }] }), board),
    ).toBe("p");
    expect(agentSince(agent({}), board)).toBeNull();
  });

  it("offers what makes sense in a state", () => {
    const pauses = [{ queue: "", reason: "", since: "p" }];
    expect(agentActions(agent({ state: "logged-out" }))).toEqual(["login"]);
    expect(agentActions(agent({}))).toEqual(["pause", "logout"]);
    expect(agentActions(agent({ state: "wrap-up" }))).toEqual(["ready", "pause", "logout"]);
    expect(agentActions(agent({ state: "talking", pauses }))).toEqual(["resume", "logout"]);
  });
});
