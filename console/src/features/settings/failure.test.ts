import { describe, expect, it } from "vitest";
import { failureOf } from "./failure";

describe("why a message was not taken", () => {
  it("is what the server answered, before what we say of it", () => {
    expect(failureOf(503, "the server answered 503")).toEqual({ key: "status", status: 503 });
    expect(failureOf(null, "the server answered 404")).toEqual({ key: "status", status: 404 });
  });

  it("is told apart where there was no answer", () => {
    expect(failureOf(null, "it cannot be reached: timed out")).toEqual({ key: "unreachable" });
    expect(failureOf(null, "there is no host crm.example.com")).toEqual({ key: "noHost" });
    expect(failureOf(null, "10.0.0.1 is within a private network, which is not asked")).toEqual({
      key: "internal",
    });
    expect(failureOf(null, "it sings")).toEqual({ key: "other", text: "it sings" });
  });

  it("is nothing where it was taken", () => {
    expect(failureOf(204, "")).toBeNull();
    expect(failureOf(null, "")).toBeNull();
  });
});
