/** The id that an object gets of its name, as the API makes it: "José Núñez" → "jose-nunez"; with a number behind it where that is taken. */
export function idOf(name: string, taken: ReadonlySet<string> = new Set(), longest = 63): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const base = plain.slice(0, longest).replace(/-+$/, "") || "x";
  for (let count = 2; ; count++) {
    const id = count === 2 ? base : `${base.slice(0, longest - 4)}-${count - 1}`;
    if (!taken.has(id)) return id;
  }
}
