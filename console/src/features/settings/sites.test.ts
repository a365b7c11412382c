import { describe, expect, it } from "vitest";
import { bare, emergencyGap, rangeSize } from "./sites";

describe("a site", () => {
  it("lacks an address before it lacks a number to call back", () => {
    expect(emergencyGap({})).toBe("location");
    expect(emergencyGap({ location: "Calle Mayor 1" })).toBe("callback");
    expect(emergencyGap({ location: "Calle Mayor 1", number: "+34910000000" })).toBeNull();
    expect(emergencyGap({ location: "Calle Mayor 1", emergency_callback: "+34910000001" })).toBeNull();
  });

  it("has as many extensions as its range", () => {
    expect(rangeSize("100", "199")).toBe(100);
    expect(rangeSize("100", "99")).toBeNull();
    expect(rangeSize("199", "100")).toBeNull();
    expect(rangeSize("", "")).toBeNull();
  });

  it("takes numbers as people write them", () => {
    expect(bare("+34 (910) 00.00-00")).toBe("+34910000000");
  });
});
