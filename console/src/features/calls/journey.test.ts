import { describe, expect, it } from "vitest";
import { type CallDetail, callerUser, happenings } from "./journey";

const AT = 1_700_000_000;
const iso = (after: number) => new Date((AT + after) * 1000).toISOString();

function detail(more: Partial<CallDetail>, journey: Record<string, unknown>): CallDetail {
  return {
    started_at: iso(0),
    ended_at: iso(100),
    trace: [],
    recordings: [],
    messages: [],
    journey,
    ...more,
  } as unknown as CallDetail;
}

describe("a call's way", () => {
  it("goes from its beginning to its end, even where nothing is known between", () => {
    expect(happenings(detail({}, {})).map((one) => one.kind)).toEqual(["begin", "end"]);
  });

  it("tells who was rung for how long, and who answered", () => {
    const found = happenings(
      detail(
        {},
        {
          steps: [{ step: 1, kind: "ring", target: "ana,luis", started_at: AT + 2, ended_at: AT + 12 }],
          legs: [
            { leg: "a", target: "device:x", user: "eva" },
            { leg: "b1", step: 1, user: "ana", started_at: AT + 2, answered_at: AT + 12 },
            { leg: "b2", step: 1, user: "luis", started_at: AT + 2, ended_at: AT + 6, end: "busy" },
          ],
          answers: [{ leg: "b1", at: AT + 12, user: "ana", target: "device:desk" }],
        },
      ),
    );
    expect(found.map((one) => one.kind)).toEqual(["begin", "ring", "answer", "end"]);
    expect(found[1]).toMatchObject({
      seconds: 10,
      rung: [
        { who: "user:ana", rang: 10, end: "answered" },
        { who: "user:luis", rang: 4, end: "busy" },
      ],
    });
    expect(found[2]).toMatchObject({ user: "ana", seconds: 88, queue: "" });
  });

  it("tells of a queue who missed the call and who took it, and does not tell its ringing twice", () => {
    const found = happenings(
      detail(
        { trace: [{ at: iso(1), pressed: "2", node: "main/menu" }] as CallDetail["trace"] },
        {
          steps: [
            { step: 1, kind: "queue", target: "queue:sales", started_at: AT + 3 },
            { step: 2, kind: "ring", target: "ana", started_at: AT + 4, ended_at: AT + 14 },
          ],
          legs: [{ leg: "b1", step: 2, user: "ana", started_at: AT + 4, ended_at: AT + 14 }],
          queues: [
            {
              queue: "sales",
              at: AT + 3,
              position: 2,
              missed: [{ agent: "ana", at: AT + 14, end: "no-answer", rang: 10 }],
              agent: "luis",
              answered_at: AT + 33,
              left_at: AT + 90,
              reason: "answered",
              waited: 30,
            },
          ],
          answers: [{ leg: "b2", at: AT + 33, user: "luis", until: AT + 90 }],
        },
      ),
    );
    expect(found.map((one) => one.kind)).toEqual(["begin", "menu", "queue", "answer", "end"]);
    expect(found[2]).toMatchObject({ position: 2, waited: 30, missed: [{ who: "user:ana", rang: 10 }] });
    expect(found[3]).toMatchObject({ user: "luis", queue: "sales", seconds: 57 });
  });

  it("tells where a caller went who left the queue, and who was turned away", () => {
    const found = happenings(
      detail(
        { messages: [{ user: "ana", message: "m", at: iso(60), duration: 8 }] },
        {
          queues: [
            { queue: "full", at: AT + 1, left_at: AT + 1, reason: "size" },
            {
              queue: "sales",
              at: AT + 2,
              position: 1,
              left_at: AT + 32,
              reason: "wait",
              target: "voicemail:ana",
            },
          ],
          answers: [{ leg: "a", at: AT + 33, service: "voicemail", until: AT + 61 }],
        },
      ),
    );
    expect(found.map((one) => one.kind)).toEqual([
      "begin",
      "turned-away",
      "queue",
      "left",
      "service",
      "message",
      "end",
    ]);
    expect(found[3]).toMatchObject({ reason: "wait", target: "voicemail:ana" });
  });

  it("knows who called from inside", () => {
    expect(callerUser(detail({}, { legs: [{ leg: "a", user: "eva" }] }))).toBe("eva");
    expect(callerUser(detail({}, {}))).toBe("");
  });
});
