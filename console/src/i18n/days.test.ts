import { describe, expect, it } from "vitest";
import { beginning, dayOf, isDay, plusDays } from "./days";

const iso = (at: number) => new Date(at).toISOString();

describe("days in a zone", () => {
  it.each([
    ["2026-11-28", "Europe/Madrid", "2026-11-27T23:00:00.000Z"],
    ["2026-07-01", "Europe/Madrid", "2026-06-30T22:00:00.000Z"],
    ["2026-03-29", "Europe/Madrid", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Madrid", "2026-03-29T22:00:00.000Z"],
    ["2026-10-26", "Europe/Madrid", "2026-10-25T23:00:00.000Z"],
    ["2026-11-28", "Atlantic/Canary", "2026-11-28T00:00:00.000Z"],
    ["2026-11-28", "America/Mexico_City", "2026-11-28T06:00:00.000Z"],
  ])("%s in %s begins at %s", (day, zone, at) => {
    expect(iso(beginning(day, zone))).toBe(at);
    expect(dayOf(beginning(day, zone), zone)).toBe(day);
    expect(dayOf(beginning(day, zone) - 1, zone)).toBe(plusDays(day, -1));
  });

  it("count over the ends of months", () => {
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(plusDays("2026-03-01", -1)).toBe("2026-02-28");
  });

  it("are written in one way", () => {
    expect(isDay("2026-11-28")).toBe(true);
    for (const no of ["2026-13-40", "28/11/2026", "", 5, undefined]) expect(isDay(no)).toBe(false);
  });
});
