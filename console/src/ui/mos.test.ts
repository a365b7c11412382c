import { describe, expect, it } from "vitest";
import { bandOf } from "./mos";

describe("an opinion score in words", () => {
  it.each([
    [4.409, "excellent"],
    [4.34, "excellent"],
    [4.297, "good"],
    [4.003, "fair"],
    [3.46, "poor"],
    [3.09, "bad"],
    [1, "bad"],
  ])("%d is %s", (mos, band) => {
    expect(bandOf(mos)).toBe(band);
  });
});
