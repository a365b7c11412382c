import { describe, expect, it } from "vitest";
import { cut, painted, parseSpans, spansText, tail, unite, weeklyOf, weekOf } from "./week";

describe("hours as they are written", () => {
  it.each([
    ["9-14, 16:00 – 19:30", "09:00-14:00, 16:00-19:30"],
    ["22:00-6", "22:00-06:00"],
    ["0-24", "00:00-24:00"],
    ["", ""],
    ["9-12, 11-14", "09:00-14:00"],
  ])("%s is %s", (written, text) => {
    expect(spansText(parseSpans(written) ?? [[-1, -1]])).toBe(text);
  });

  it.each(["nine", "9:75-10", "25-26", "9-9", "24-25", "9"])("%s is nothing", (written) => {
    expect(parseSpans(written)).toBeNull();
  });
});

describe("painting", () => {
  it("joins what touches, and cuts in two", () => {
    expect(unite([[540, 600]], [600, 660])).toEqual([[540, 660]]);
    expect(unite([[540, 600]], [0, 15])).toEqual([
      [0, 15],
      [540, 600],
    ]);
    expect(cut([[540, 660]], [570, 600])).toEqual([
      [540, 570],
      [600, 660],
    ]);
    expect(cut([[1320, 1800]], [1320, 1440])).toEqual([]);
  });

  it("fills days from wherever one began to wherever one ended", () => {
    const week = painted(weekOf({}), [2, 0], [540, 600], true);
    expect(weeklyOf(week)).toEqual({ "mon-wed": ["09:00-10:00"] });
    expect(weeklyOf(painted(week, [1, 1], [0, 1440], false))).toEqual({
      mon: ["09:00-10:00"],
      wed: ["09:00-10:00"],
    });
  });

  it("shows the morning that belongs to the evening before", () => {
    const week = weekOf({ sun: ["22:00-06:00"] });
    expect(tail(week, 0)).toEqual([[0, 360]]);
    expect(tail(week, 1)).toEqual([]);
  });
});

describe("a week", () => {
  it("is the same after it was read and written", () => {
    const weekly = { "mon-thu": ["09:00-14:00", "16:00-19:00"], fri: ["09:00-15:00"], sun: ["22:00-06:00"] };
    expect(weeklyOf(weekOf(weekly))).toEqual(weekly);
  });

  it("may be written over its end, and with commas", () => {
    expect(weeklyOf(weekOf({ "sat-mon": ["10:00-12:00"], "wed,thu": ["09:00-10:00"] }))).toEqual({
      mon: ["10:00-12:00"],
      "wed-thu": ["09:00-10:00"],
      "sat-sun": ["10:00-12:00"],
    });
  });
});
