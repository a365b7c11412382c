import { describe, expect, it } from "vitest";
import type { Board } from "@/api/board";
import { hostOf, known, phonesByUser, registrationsOf } from "./phones";

const registration = (device: string, user: string, expires: string) => ({
  device,
  user,
  contact: `sip:${device}@192.0.2.1`,
  address: "UDP:192.0.2.1:5060",
  user_agent: "Phone",
  expires_at: expires,
});
const board = {
  registrations: {
    a: registration("demo-ana", "ana", "2026-11-28T12:00:00Z"),
    b: registration("demo-ana", "ana", "2026-11-28T12:05:00Z"),
  },
  switch: { "": { up: true } },
} as unknown as Board;
const devices = [
  { id: "ana", user: "ana", username: "demo-ana" },
  { id: "mobile", user: "ana", username: "demo-mobile" },
  { id: "luis", user: "luis", username: "demo-luis" },
];

describe("telephones", () => {
  it("count once each, however often they have registered", () => {
    const phones = phonesByUser(devices, board);
    expect(phones.get("ana")).toEqual({ made: 2, reachable: 1 });
    expect(phones.get("luis")).toEqual({ made: 1, reachable: 0 });
    expect(phones.get("eva")).toBeUndefined();
  });

  it("tell all their places, the freshest first", () => {
    const [first, second] = registrationsOf(devices[0] as (typeof devices)[0], board);
    expect(first?.expires_at).toBe("2026-11-28T12:05:00Z");
    expect(second?.expires_at).toBe("2026-11-28T12:00:00Z");
    expect(registrationsOf(devices[2] as (typeof devices)[0], board)).toEqual([]);
  });

  it("are unknown while the switch does not answer", () => {
    expect(known(board)).toBe(true);
    expect(known(null)).toBe(false);
    expect(known({ ...board, switch: { "": { up: false } } })).toBe(false);
  });

  it("show their address without its port", () => {
    expect(hostOf("UDP:192.0.2.1:5060")).toBe("192.0.2.1");
    expect(hostOf("TCP:[2001:db8::1]:5061")).toBe("2001:db8::1");
  });
});
