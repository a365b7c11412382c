import { describe, expect, it } from "vitest";
import { nextSpan, weekErrors, withSpans } from "./week";

describe("a week", () => {
  it("has no days that are closed", () => {
    expect(withSpans({ mon: ["09:00-18:00"] }, "mon", [])).toEqual({});
    expect(withSpans({ mon: ["09:00-18:00"] }, "tue", ["10:00-11:00"])).toEqual({
      mon: ["09:00-18:00"],
      tue: ["10:00-11:00"],
    });
  });

  it("tells the days that cannot be meant", () => {
    const week = {
      mon: ["09:00-09:00"],
      tue: ["-18:00"],
      wed: ["22:00-06:00"],
      thu: ["09:00-14:00", "16:00-"],
    };
    expect(weekErrors(week)).toEqual(["mon", "tue", "thu"]);
  });

  it("proposes the afternoon after the morning, and stays within the day", () => {
    expect(nextSpan([])).toBe("09:00-14:00");
    expect(nextSpan(["09:00-14:00"])).toBe("15:00-18:00");
    expect(weekErrors({ mon: [nextSpan(["09:00-24:00"])] })).toEqual([]);
  });
});
