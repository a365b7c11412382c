import { describe, expect, it } from "vitest";
import { dayOf, later, weeksOf, written } from "./dates";

describe("days", () => {
  it("are of one year or of every year, and written as they were", () => {
    expect(dayOf("12-24", 2026)).toEqual({ date: "2026-12-24", yearly: true });
    expect(dayOf("2027-01-05", 2026)).toEqual({ date: "2027-01-05", yearly: false });
    for (const text of ["12-24", "02-29", "2027-01-05", ""]) expect(written(dayOf(text, 2026))).toBe(text);
  });

  it("fill a month from Monday", () => {
    const weeks = weeksOf(2026, 1); // begins on a Sunday, 28 days
    expect(weeks).toHaveLength(5);
    expect(weeks[0]?.map((day) => day?.day ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(weeks[4]?.[5]?.iso).toBe("2026-02-28");
    expect(weeks[4]?.[6]).toBeNull();
  });

  it("follow one another over the end of a year", () => {
    expect(later("2026-12-31", 1)).toBe("2027-01-01");
    expect(later("2026-03-01", -7)).toBe("2026-02-22");
  });
});
