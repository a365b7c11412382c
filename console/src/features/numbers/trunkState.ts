/** How a trunk is, of what the switch says of it: a code for each thing that can be, with what goes into its words. */
import type { Board } from "@/api/board";
import type { Tone } from "@/ui/Status";

export type LiveTrunk = Board["trunks"][string];

const TONES: Record<string, Tone> = {
  up: "good",
  registered: "good",
  registering: "waiting",
  unknown: "waiting",
  refused: "bad",
  down: "bad",
};

/** A sign for the state; one that is not known yet waits. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? "waiting";
}

export interface Failure {
  /** A key below `failure` of the catalogue. */
  code: string;
  /** What the provider answered, where it did. */
  answer: string;
}

/** Why a trunk cannot be used; null where it can, or nobody knows. */
export function failureOf({ state, detail }: Pick<LiveTrunk, "state" | "detail">): Failure | null {
  if (toneOf(state) !== "bad") return null;
  const refused = /^REGISTER: (\d{3}) ?(.*)$/.exec(detail);
  if (refused) {
    const [, status = "", reason = ""] = refused;
    const known = ["401", "403", "404", "407"].includes(status) ? status : "other";
    return { code: known === "407" ? "401" : known, answer: `${status} ${reason}`.trim() };
  }
  const silent = /^(?:OPTIONS|REGISTER) not answered \((\w+)\)$/.exec(detail);
  if (silent) {
    const cause = silent[1] ?? "";
    return { code: ["timeout", "transport", "unresolved"].includes(cause) ? cause : "silent", answer: "" };
  }
  return { code: "silent", answer: detail };
}
