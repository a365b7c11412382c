/** Days and their beginnings in a time zone. Days are written YYYY-MM-DD. */

/** The day of an instant in a zone; in the browser's where none is given. */
export function dayOf(at: number, zone?: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", zone ? { timeZone: zone } : {}).format(at);
}

/** So many days later, or earlier. */
export function plusDays(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** When a day begins in a zone, in milliseconds since the epoch. */
export function beginning(day: string, zone?: string): number {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  let at = wanted;
  // Once more, since the first step may cross a change of clocks.
  for (let round = 0; round < 2; round += 1) at = wanted - offset(at, zone);
  return at;
}

/** What a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offset(at: number, zone?: string): number {
  const format = new Intl.DateTimeFormat("sv-SE", {
    ...(zone ? { timeZone: zone } : {}),
    dateStyle: "short",
    timeStyle: "medium",
  });
  return Date.parse(`${format.format(at).replace(" ", "T")}Z`) - at;
}

export function isDay(text: unknown): text is string {
  return (
    typeof text === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00Z`))
  );
}
