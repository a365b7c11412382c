/** By which ways calls come to somebody, of what the checker knows: places only, for its conditions would be too many words. */

export interface Place {
  kind: string;
  id: string;
}

export interface WayLike {
  origin: string;
  number: string;
  parts: string[];
}

export interface Way {
  /** A number of the company, or an extension that is dialled inside. */
  entry: string;
  inside: boolean;
  through: Place[];
}

const PLACES = new Set(["flow", "queue", "group", "user", "voicemail"]);

/** "queue sales" is a place; a condition, or the entry itself, is none. */
function placeOf(part: string): Place | undefined {
  const [kind = "", id = "", ...more] = part.split(" ");
  return PLACES.has(kind) && id && more.length === 0 ? { kind, id } : undefined;
}

/** Each way once, without what it ends at; ways that differ only in their conditions are one. */
export function waysOf(ways: readonly WayLike[], target: Place): Way[] {
  const found = new Map<string, Way>();
  for (const { origin, number, parts } of ways) {
    const [first = number, ...rest] = parts;
    const [entry = number] = first.split(" "); // what follows says from where, in words
    const through = rest
      .map(placeOf)
      .filter((place): place is Place => place !== undefined)
      .filter((place) => !(place.kind === target.kind && place.id === target.id));
    const way = { entry, inside: origin !== "number", through };
    found.set(JSON.stringify(way), way);
  }
  return [...found.values()];
}
