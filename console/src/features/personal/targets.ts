/** Where a call may be sent on: an extension or a number as one dials it; empty: nowhere. */

export const CASES = ["forward_always", "forward_busy", "forward_no_answer", "forward_unreachable"] as const;

/** A number without what people write between its digits. */
export function targetOf(text: string): string {
  return text.replaceAll(/[\s./()-]/g, "");
}

export function wrongTarget(text: string): boolean {
  return !/^(\+?\d{2,31})?$/.test(targetOf(text));
}
