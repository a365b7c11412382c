import { describe, expect, it } from "vitest";
import { waysOf } from "./ways";

const ana = { kind: "user", id: "ana" };

describe("the ways to somebody", () => {
  it("name the places on the way, and neither conditions nor the end", () => {
    const parts = [
      "+34910000000 (from trunk main)",
      "flow day",
      "when open: sales, now",
      "queue sales",
      "user ana",
    ];
    expect(waysOf([{ origin: "number", number: "main", parts }], ana)).toEqual([
      {
        entry: "+34910000000",
        inside: false,
        through: [
          { kind: "flow", id: "day" },
          { kind: "queue", id: "sales" },
        ],
      },
    ]);
  });

  it("are told once where only their conditions differ", () => {
    const way = (when: string) => ({
      origin: "number",
      number: "main",
      parts: ["+34910000000", when, "user ana"],
    });
    expect(waysOf([way("on Mondays only"), way("else")], ana)).toHaveLength(1);
  });

  it("from inside are told as such", () => {
    const [way] = waysOf([{ origin: "dialled", number: "101", parts: ["101 from inside", "user ana"] }], ana);
    expect(way).toEqual({ entry: "101", inside: true, through: [] });
  });
});
