import type { components } from "@/api/generated";

export type Line = components["schemas"]["DirectoryLine"];

/** What stands between an extension and the name in what is offered. */
export const BETWEEN = " · ";

/** What is dialled of what was typed or chosen: "102 · Luis" → "102", "+34 600 11 22 33" → "+34600112233". */
export function dialled(text: string): string {
  return (text.split(BETWEEN)[0] ?? "").replaceAll(/[\s().\-/]/g, "");
}

/** A target as people read it. */
export function spelled(target: string, people: readonly Line[]): string {
  const found = people.find((one) => one.extension && one.extension === target);
  return found ? `${found.name} (${found.extension})` : target;
}
