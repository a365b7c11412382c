/** Skills as they are written in one field: "ingles:8". */
export function skillTags(skills: Readonly<Record<string, number>> | undefined): string[] {
  return Object.entries(skills ?? {}).map(([skill, level]) => `${skill}:${level}`);
}

/** Without a level it is 5, of 1 to 10; what is no name of a skill is left out. */
export function skillsOf(tags: readonly string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const tag of tags) {
    const match = /^\s*([\p{L}\d_.-]+)\s*(?::\s*(\d{1,2}))?\s*$/u.exec(tag);
    const name = match?.[1]?.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
    if (name && /^[a-z0-9]/.test(name)) found[name] = Math.max(1, Math.min(10, Number(match?.[2] ?? 5)));
  }
  return found;
}

/** A list with one of it moved; what would go beyond an end stays. */
export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const next = [...items];
  if (to < 0 || to >= items.length) return next;
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}
