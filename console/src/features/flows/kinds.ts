/** What the types of nodes are: their sign, where the palette shows them, how a new one begins, and the fields of their form. */
import {
  IconArrowForward,
  IconArrowsSplit,
  IconCalendarEvent,
  IconClock,
  IconDialpad,
  IconHash,
  IconHourglass,
  IconMapPin,
  IconMessage2,
  IconPhoneCall,
  IconPhoneIncoming,
  IconPhoneOff,
  IconPhoneOutgoing,
  IconRecordMail,
  IconTag,
  IconToggleRight,
  IconUserQuestion,
  IconWorldSearch,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Kind } from "@/api/objects";
import type { FlowNode, NodeType } from "./graph";

export type Icon = ComponentType<{ size?: number; stroke?: number }>;

export const ICONS: Record<NodeType, Icon> = {
  hours: IconClock,
  holiday: IconCalendarEvent,
  override: IconToggleRight,
  geography: IconMapPin,
  caller: IconUserQuestion,
  share: IconArrowsSplit,
  menu: IconDialpad,
  announce: IconMessage2,
  collect: IconHash,
  lookup: IconWorldSearch,
  set: IconTag,
  ring: IconPhoneCall,
  queue: IconHourglass,
  voicemail: IconRecordMail,
  callback: IconPhoneIncoming,
  external: IconPhoneOutgoing,
  flow: IconArrowForward,
  "hang-up": IconPhoneOff,
};

export type GroupName = "people" | "speak" | "decide" | "more";

/** The palette, what is wanted most first. The colour is the theme's, and never says anything that words do not. */
export const GROUPS: { name: GroupName; color: string; types: NodeType[] }[] = [
  { name: "people", color: "azulejo", types: ["ring", "queue", "voicemail", "external", "hang-up"] },
  { name: "speak", color: "grape", types: ["menu", "announce", "collect"] },
  {
    name: "decide",
    color: "lamp",
    types: ["hours", "holiday", "override", "caller", "geography", "share"],
  },
  { name: "more", color: "gray", types: ["set", "callback", "lookup", "flow"] },
];

export function colorOf(type: NodeType): string {
  return GROUPS.find((group) => group.types.includes(type))?.color ?? "gray";
}

export type Field =
  | { name: string; form: "object" | "objects"; kind: Kind; optional?: boolean }
  | { name: string; form: "number"; min: number; max: number; optional?: boolean; suffix?: string }
  | { name: string; form: "text"; optional?: boolean; mono?: boolean }
  | { name: string; form: "switch" }
  | { name: string; form: "choice"; options: readonly string[]; optional?: boolean }
  | { name: string; form: "ringTargets" | "areaBranches" | "callerBranches" | "shareTargets" | "menuChoices" }
  | { name: string; form: "lookupBranches" | "queueExits" | "skills" | "yesNo" };

export const STRATEGIES = [
  "all",
  "linear",
  "round-robin",
  "fewest-calls",
  "longest-idle",
  "weighted-random",
  "even-volume",
] as const;

export const CAUSES = ["normal", "busy", "rejected", "not-found", "unavailable", "congestion"] as const;

export const FIELDS: Record<NodeType, Field[]> = {
  hours: [{ name: "schedule", form: "object", kind: "schedule" }],
  holiday: [{ name: "calendars", form: "objects", kind: "calendar" }],
  override: [{ name: "override", form: "object", kind: "override" }],
  geography: [{ name: "branches", form: "areaBranches" }],
  caller: [{ name: "branches", form: "callerBranches" }],
  share: [
    { name: "by", form: "choice", options: ["weight", "calls", "talk-time", "least-loaded"] },
    { name: "targets", form: "shareTargets" },
    { name: "sticky_days", form: "number", min: 0, max: 3650, suffix: "days" },
  ],
  menu: [
    { name: "menu", form: "object", kind: "menu" },
    { name: "choices", form: "menuChoices" },
  ],
  announce: [
    { name: "prompt", form: "object", kind: "prompt" },
    { name: "answer", form: "switch" },
    { name: "skip", form: "switch" },
  ],
  collect: [
    { name: "prompt", form: "object", kind: "prompt" },
    { name: "variable", form: "text", mono: true },
    { name: "min_digits", form: "number", min: 1, max: 32 },
    { name: "max_digits", form: "number", min: 1, max: 32 },
    { name: "seconds", form: "number", min: 1, max: 60, suffix: "seconds" },
    { name: "attempts", form: "number", min: 1, max: 10 },
  ],
  lookup: [
    { name: "url", form: "text", mono: true },
    { name: "path", form: "text", optional: true, mono: true },
    { name: "variable", form: "text", mono: true },
    { name: "branches", form: "lookupBranches" },
    { name: "seconds", form: "number", min: 1, max: 15, suffix: "seconds" },
    { name: "cache_seconds", form: "number", min: 0, max: 86400, suffix: "seconds" },
  ],
  set: [
    { name: "name_prefix", form: "text", optional: true },
    { name: "tag", form: "text", optional: true },
    { name: "language", form: "choice", options: ["es", "en"], optional: true },
    { name: "priority", form: "number", min: 0, max: 100, optional: true },
    { name: "record", form: "yesNo" },
    { name: "skills", form: "skills" },
  ],
  ring: [
    { name: "targets", form: "ringTargets" },
    { name: "strategy", form: "choice", options: STRATEGIES },
    { name: "seconds", form: "number", min: 1, max: 900, suffix: "seconds" },
    { name: "skip_busy", form: "switch" },
    { name: "last_agent_first", form: "switch" },
    { name: "forward", form: "switch" },
    { name: "confirm", form: "switch" },
  ],
  queue: [
    { name: "queue", form: "object", kind: "queue" },
    { name: "exits", form: "queueExits" },
    { name: "priority", form: "number", min: 0, max: 100, optional: true },
  ],
  voicemail: [{ name: "user", form: "object", kind: "user" }],
  callback: [{ name: "queue", form: "object", kind: "queue" }],
  external: [
    { name: "number", form: "text" },
    { name: "seconds", form: "number", min: 1, max: 900, suffix: "seconds" },
    { name: "show", form: "choice", options: ["caller", "own"] },
    { name: "caller_number", form: "text", optional: true },
    { name: "confirm", form: "switch" },
  ],
  flow: [{ name: "flow", form: "object", kind: "flow" }],
  "hang-up": [
    { name: "prompt", form: "object", kind: "prompt", optional: true },
    { name: "cause", form: "choice", options: CAUSES },
  ],
};

const BEGINNINGS: Record<NodeType, Record<string, unknown>> = {
  hours: { schedule: "" },
  holiday: { calendars: [] },
  override: { override: "" },
  geography: { branches: [{ in: ["ES"], to: null }] },
  caller: { branches: [{ anonymous: true, tag: "", to: null }] },
  share: { by: "weight", targets: [], sticky_days: 0 },
  menu: { menu: "", choices: {}, languages: {} },
  announce: { prompt: "", answer: true, skip: true },
  collect: { prompt: "", variable: "customer", min_digits: 1, max_digits: 16, seconds: 5, attempts: 3 },
  lookup: { url: "https://", variable: "result", path: "", seconds: 2, cache_seconds: 60, branches: [] },
  set: { skills: {} },
  ring: {
    targets: [],
    strategy: "all",
    seconds: 25,
    skip_busy: true,
    confirm: false,
    last_agent_first: false,
    forward: false,
  },
  queue: { queue: "", exits: {} },
  voicemail: { user: "" },
  callback: { queue: "" },
  external: { number: "", seconds: 45, show: "caller", caller_number: "", confirm: false },
  flow: { flow: "" },
  "hang-up": { cause: "normal" },
};

/** A node as it begins: with the usual values, and nothing chosen yet. */
export function freshNode(type: NodeType): FlowNode {
  return { label: "", type, ...BEGINNINGS[type] } as unknown as FlowNode;
}
