/** What a call was for a person: they called, they were called and somebody answered, or it was missed. */
export type Sort = "out" | "in" | "missed";

export function sortOf(
  one: { caller_user: string; answered_user: string; connected: number },
  user: string,
): Sort {
  if (one.caller_user === user) return "out";
  return one.answered_user || one.connected > 0 ? "in" : "missed";
}

/** `mine`: one's own telephones ring; `theirs`: those of who is called; `talking`. */
export function stageOf(live: { state: string; answered_at: string | null; answered_by: string }): string {
  if (live.state === "talking" || live.state === "held") return "talking";
  if (live.state === "voicemail" || live.state === "queue") return live.state;
  return live.answered_at ? "theirs" : "mine";
}
