/**
 * What is going on now: the WebSocket /api/v1/events, followed once for all who look. A snapshot, then changes; the snapshot and all
 * changes after it are always what a new snapshot would be.
 */
import { useEffect, useSyncExternalStore } from "react";
import type { components } from "./generated";

type Schemas = components["schemas"];

export interface Board {
  calls: Record<string, Schemas["LiveCallBody"]>;
  queues: Record<string, Schemas["QueueBody"]>;
  agents: Record<string, Schemas["AgentBody"]>;
  registrations: Record<string, Schemas["RegistrationBody"]>;
  trunks: Record<string, Schemas["TrunkBody"]>;
  switch: Record<string, { up: boolean }>;
}

export interface Change {
  kind: keyof Board;
  id: string;
  /** null: it is gone. */
  item: unknown;
}

export type Message =
  | { type: "snapshot"; serial: number; at: string; board: Board }
  | { type: "changes"; serial: number; at: string; changes: Change[] };

/** `lost`: the connection is being made again; `board` is then what was last known. */
export interface Live {
  board: Board | null;
  connection: "connecting" | "open" | "lost" | "refused";
  /** The exchange's clock minus this browser's, in milliseconds: durations are counted by the exchange's. */
  skew: number;
}

/** The board after a message. Only what changed is a new object. */
export function applied(board: Board | null, message: Message): Board | null {
  if (message.type === "snapshot") return message.board;
  if (board === null) return null;
  const next: Record<string, Record<string, unknown>> = { ...board };
  const fresh = new Set<string>();
  for (const { kind, id, item } of message.changes) {
    if (!fresh.has(kind)) {
      next[kind] = { ...next[kind] };
      fresh.add(kind);
    }
    const items = next[kind] as Record<string, unknown>;
    if (item === null || item === undefined) delete items[id];
    else items[id] = item;
  }
  return next as unknown as Board;
}

const REFUSED = new Set([4401, 1008]);
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

class Feed {
  live: Live = { board: null, connection: "connecting", skew: 0 };
  private listeners = new Set<() => void>();
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tenant: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.connect();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  };

  read = (): Live => this.live;

  private connect(): void {
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const url = `${scheme}://${window.location.host}/api/v1/events?tenant=${encodeURIComponent(this.tenant)}`;
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      const message: Message = JSON.parse(String(data));
      this.pause = FIRST_PAUSE;
      this.show({
        board: applied(this.live.board, message),
        connection: "open",
        skew: Date.parse(message.at) - Date.now(),
      });
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      const refused = REFUSED.has(code);
      this.show({ ...this.live, connection: refused ? "refused" : "lost" });
      if (refused) return;
      this.timer = setTimeout(() => this.connect(), this.pause * (0.75 + Math.random() / 2));
      this.pause = Math.min(LONGEST_PAUSE, this.pause * 2);
    };
  }

  private close(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.live = { ...this.live, connection: "connecting" };
  }

  private show(live: Live): void {
    this.live = live;
    for (const listener of this.listeners) listener();
  }
}

const feeds = new Map<string, Feed>();

function feedOf(tenant: string): Feed {
  let feed = feeds.get(tenant);
  if (!feed) {
    feed = new Feed(tenant);
    feeds.set(tenant, feed);
  }
  return feed;
}

/** Follow a company; the connection is open as long as anybody does. */
export function useLive(tenant: string): Live {
  const feed = feedOf(tenant);
  return useSyncExternalStore(feed.subscribe, feed.read);
}

const ticks = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;
let second = Math.floor(Date.now() / 1000);

function onTick(listener: () => void): () => void {
  ticks.add(listener);
  ticking ??= setInterval(() => {
    second = Math.floor(Date.now() / 1000);
    for (const tick of ticks) tick();
  }, 1000);
  return () => {
    ticks.delete(listener);
    if (ticks.size === 0) {
      clearInterval(ticking);
      ticking = undefined;
    }
  };
}

/** The present by the exchange's clock, in milliseconds since the epoch, told anew each second. */
export function useNow(skew = 0): number {
  const now = useSyncExternalStore(onTick, () => second);
  useEffect(() => {
    second = Math.floor(Date.now() / 1000);
  }, []);
  return now * 1000 + skew;
}
