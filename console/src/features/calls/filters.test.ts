import { describe, expect, it } from "vitest";
import { exportAddress, queryOf, readFilters } from "./filters";

const NOON = Date.parse("2026-11-28T11:00:00Z");
const MADRID = "Europe/Madrid";

describe("filters of calls", () => {
  it("are kept in the address as they are", () => {
    const search = { q: "maría", period: "days", from: "2026-11-01", to: "2026-11-15", has: "recording" };
    expect(readFilters(search)).toEqual(search);
    expect(readFilters({ min_seconds: "60", user: "ana", direction: "inbound" })).toEqual({
      min_seconds: 60,
      user: "ana",
      direction: "inbound",
    });
  });

  it("take a number for text, since an address cannot tell them apart", () => {
    expect(readFilters({ q: 911234567 })).toEqual({ q: "911234567" });
  });

  it("leave out what makes no sense", () => {
    expect(
      readFilters({
        direction: "sideways",
        period: "ever",
        min_seconds: "-4",
        from: "2026-11-01",
        q: "",
        x: 1,
      }),
    ).toEqual({});
    expect(readFilters({ period: "days", from: "yesterday", to: "2026-99-01" })).toEqual({ period: "days" });
  });
});

describe("what the API is asked", () => {
  it.each([
    ["today", "2026-11-27T23:00:00.000Z", undefined],
    ["yesterday", "2026-11-26T23:00:00.000Z", "2026-11-27T23:00:00.000Z"],
    ["week", "2026-11-21T23:00:00.000Z", undefined],
    ["month", "2026-10-29T23:00:00.000Z", undefined],
  ] as const)("%s begins and ends at the company's midnight", (period, from, to) => {
    const query = queryOf({ period, queue: "sales" }, NOON, MADRID);
    expect(query).toEqual({ queue: "sales", from, ...(to ? { to } : {}) });
  });

  it("takes the last day that is named whole, also when clocks change", () => {
    expect(queryOf({ period: "days", from: "2026-10-25", to: "2026-10-25" }, NOON, MADRID)).toEqual({
      from: "2026-10-24T22:00:00.000Z",
      to: "2026-10-25T23:00:00.000Z",
    });
  });

  it("asks for all where nothing is wished", () => {
    expect(queryOf({}, NOON, MADRID)).toEqual({});
    expect(exportAddress("demo", {})).toBe("/api/v1/tenants/demo/calls.csv");
    expect(exportAddress("demo", { q: "a b", min_seconds: 5 })).toBe(
      "/api/v1/tenants/demo/calls.csv?q=a+b&min_seconds=5",
    );
  });
});
