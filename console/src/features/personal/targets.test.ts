import { describe, expect, it } from "vitest";
import { targetOf, wrongTarget } from "./targets";

describe("where calls are sent on", () => {
  it.each(["", "102", "600 123 456", "+34 (600) 12-34-56"])("may be %j", (text) => {
    expect(wrongTarget(text)).toBe(false);
  });

  it.each(["ana", "1", "+", "102,103", "++34600123456"])("may not be %j", (text) => {
    expect(wrongTarget(text)).toBe(true);
  });

  it("is sent without separators", () => {
    expect(targetOf("+34 (600) 12-34.56")).toBe("+34600123456");
  });
});
