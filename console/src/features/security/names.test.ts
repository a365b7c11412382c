import { describe, expect, it } from "vitest";
import { namesOf } from "./names";

describe("names of telephones", () => {
  it("say whose each is, and which", () => {
    const names = namesOf(
      [
        { id: "desk", user: "ana", name: "Mesa", username: "office-desk" },
        { id: "soft", user: "luis", username: "office-soft" },
        { id: "new", user: "ana", username: null },
      ],
      [{ id: "ana", name: "Ana Ruiz" }],
    );
    expect([...names]).toEqual([
      ["office-desk", "Ana Ruiz · Mesa"],
      ["office-soft", "luis"],
    ]);
  });
});
