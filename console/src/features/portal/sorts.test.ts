import { describe, expect, it } from "vitest";
import { sortOf, stageOf } from "./sorts";

describe("a call of mine", () => {
  it.each([
    [{ caller_user: "ana", answered_user: "luis", connected: 3 }, "out"],
    [{ caller_user: "ana", answered_user: "", connected: 0 }, "out"],
    [{ caller_user: "", answered_user: "ana", connected: 3 }, "in"],
    [{ caller_user: "luis", answered_user: "", connected: 0 }, "missed"],
  ] as const)("%o is %s", (one, sort) => expect(sortOf(one, "ana")).toBe(sort));
});

describe("a call begun by a click", () => {
  it.each([
    [{ state: "ringing", answered_at: null, answered_by: "" }, "mine"],
    [{ state: "ringing", answered_at: "2026-11-28T12:00:00Z", answered_by: "user:ana" }, "theirs"],
    [{ state: "talking", answered_at: "2026-11-28T12:00:00Z", answered_by: "user:luis" }, "talking"],
    [{ state: "voicemail", answered_at: "2026-11-28T12:00:00Z", answered_by: "" }, "voicemail"],
  ])("%o is %s", (live, stage) => expect(stageOf(live)).toBe(stage));
});
