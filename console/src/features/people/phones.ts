/** The telephones of people as they are now: what the configuration has, and what has registered. */
import type { Board } from "@/api/board";

export interface DeviceLike {
  id: string;
  user: string;
  username?: string | null;
}
type Registration = Board["registrations"][string];

export interface Phones {
  /** How many there are. */
  made: number;
  /** How many of them can be rung now. */
  reachable: number;
}

/** Whether the board tells of telephones: it is there, and the switch answers. */
export function known(board: Board | null): board is Board {
  return board?.switch[""]?.up === true;
}

/** User → their telephones. Who has none is not in it. */
export function phonesByUser(devices: readonly DeviceLike[], board: Board | null): Map<string, Phones> {
  const registered = new Set(Object.values(board?.registrations ?? {}).map((one) => one.device));
  const found = new Map<string, Phones>();
  for (const device of devices) {
    const before = found.get(device.user) ?? { made: 0, reachable: 0 };
    const reachable = registered.has(device.username ?? device.id) ? 1 : 0;
    found.set(device.user, { made: before.made + 1, reachable: before.reachable + reachable });
  }
  return found;
}

/** Where one telephone has registered, the last to expire first. */
export function registrationsOf(device: DeviceLike, board: Board | null): Registration[] {
  return Object.values(board?.registrations ?? {})
    .filter((one) => one.device === (device.username ?? device.id))
    .sort((one, other) => Date.parse(other.expires_at) - Date.parse(one.expires_at));
}

/** "192.0.2.1" of "UDP:192.0.2.1:5060" and of "TCP:[2001:db8::1]:5060". */
export function hostOf(address: string): string {
  return address
    .replace(/^[A-Z]+:/, "")
    .replace(/:\d+$/, "")
    .replace(/^\[(.*)\]$/, "$1");
}
