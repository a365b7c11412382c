import { describe, expect, it } from "vitest";
import { otherParty } from "./parties";

const call = { caller: "101", caller_name: "Ana", caller_user: "ana", dialled: "600123456" };

describe("the other end of a call", () => {
  it("is who was dialled, of a call that one made", () => {
    expect(otherParty(call, "ana")).toEqual({ made: true, number: "600123456", name: "" });
  });

  it("is who called, of a call that one received", () => {
    expect(otherParty(call, "luis")).toEqual({ made: false, number: "101", name: "Ana" });
  });
});
