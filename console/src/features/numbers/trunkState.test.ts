import { describe, expect, it } from "vitest";
import { failureOf, toneOf } from "./trunkState";

describe("a trunk", () => {
  it("that works has no failure, and neither has one that nobody has asked yet", () => {
    for (const state of ["up", "registered", "registering", "unknown"]) {
      expect(failureOf({ state, detail: "for 600 s" })).toBeNull();
      expect(["good", "waiting"]).toContain(toneOf(state));
    }
  });

  it.each([
    ["refused", "REGISTER: 401 Unauthorized", "401", "401 Unauthorized"],
    ["refused", "REGISTER: 407 Proxy Authentication Required", "401", "407 Proxy Authentication Required"],
    ["refused", "REGISTER: 403 Forbidden", "403", "403 Forbidden"],
    ["down", "REGISTER: 503 ", "other", "503"],
    ["down", "REGISTER not answered (timeout)", "timeout", ""],
    ["down", "OPTIONS not answered (unresolved)", "unresolved", ""],
    ["down", "OPTIONS not answered (response)", "silent", ""],
    ["down", "something new", "silent", "something new"],
  ])("that is %s by %j", (state, detail, code, answer) => {
    expect(failureOf({ state, detail })).toEqual({ code, answer });
  });
});
