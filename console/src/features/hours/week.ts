/** Opening hours as minutes of a day, as they are painted and as they are written. */

/** From and to in minutes from the beginning of the day; over midnight the end is beyond 1440. */
export type Span = readonly [number, number];
/** Monday to Sunday. */
export type Week = readonly (readonly Span[])[];

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const DAY = 1440;
export const QUARTER = 15;

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** "09:05"; 1440 is "24:00". */
export function clock(minute: number): string {
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export function spanText([from, to]: Span): string {
  return `${clock(from)}-${clock(to > DAY ? to - DAY : to)}`;
}

export function spansText(spans: readonly Span[]): string {
  return spans.map(spanText).join(", ");
}

/** What people write: "9-14, 16:00 – 19:30"; null where it cannot be read. Nothing is closed. */
export function parseSpans(text: string): Span[] | null {
  const found: Span[] = [];
  for (const part of text.split(/[,;]/)) {
    if (!part.trim()) continue;
    const match = /^\s*(\d{1,2})(?:[:.h](\d{2}))?\s*[-–—a]\s*(\d{1,2})(?:[:.h](\d{2}))?\s*$/.exec(part);
    if (!match) return null;
    const [from, to] = [minute(match[1], match[2]), minute(match[3], match[4])];
    if (from === null || to === null || from === DAY || from === to) return null;
    found.push([from, to > from ? to : to + DAY]);
  }
  return found.reduce<Span[]>(unite, []);
}

function minute(hours = "", minutes = "0"): number | null {
  const value = Number(hours) * 60 + Number(minutes);
  return Number(minutes) > 59 || value > DAY ? null : value;
}

/** Open in these minutes, too. */
export function unite(spans: readonly Span[], added: Span): Span[] {
  let [from, to] = added;
  const others: Span[] = [];
  for (const span of spans) {
    if (span[1] < from || span[0] > to) others.push(span);
    else [from, to] = [Math.min(from, span[0]), Math.max(to, span[1])];
  }
  return [...others, [from, to] as const].sort((one, other) => one[0] - other[0]);
}

/** Closed in these minutes. */
export function cut(spans: readonly Span[], [from, to]: Span): Span[] {
  return spans
    .flatMap((span): Span[] => [
      [span[0], Math.min(span[1], from)],
      [Math.max(span[0], to), span[1]],
    ])
    .filter(([start, end]) => end > start && start < DAY);
}

export function isOpen(spans: readonly Span[], at: number): boolean {
  return spans.some(([from, to]) => from <= at && at < to);
}

/** Paint a rectangle: these days, these minutes. */
export function painted(week: Week, days: readonly [number, number], span: Span, open: boolean): Week {
  const [first, last] = [Math.min(...days), Math.max(...days)];
  return week.map((spans, day) =>
    day < first || day > last ? spans : open ? unite(spans, span) : cut(spans, span),
  );
}

/** What of a day's hours over midnight reaches into the next one. */
export function tail(week: Week, day: number): Span[] {
  return (week[(day + 6) % 7] ?? []).filter(([, to]) => to > DAY).map(([, to]) => [0, to - DAY] as const);
}

/** `{"mon-fri": ["09:00-14:00"]}` day by day. */
export function weekOf(weekly: Readonly<Record<string, readonly string[]>> | undefined): Week {
  const week: Span[][] = DAYS.map(() => []);
  for (const [names, written] of Object.entries(weekly ?? {})) {
    for (const part of names.split(",")) {
      const [first = "", last = first] = part.split("-");
      const [from, to] = [first, last].map((name) => DAYS.indexOf(name as (typeof DAYS)[number]));
      if (from === undefined || to === undefined || from < 0 || to < 0) continue;
      for (let step = 0; step <= (to - from + 7) % 7; step++) {
        week[(from + step) % 7] = parseSpans(written.join(",")) ?? [];
      }
    }
  }
  return week;
}

/** The same as it is kept: days that are alike together, closed ones left out. */
export function weeklyOf(week: Week): Record<string, string[]> {
  const weekly: Record<string, string[]> = {};
  for (let day = 0; day < DAYS.length; ) {
    const written = spansText(week[day] ?? []);
    let last = day;
    while (last + 1 < DAYS.length && spansText(week[last + 1] ?? []) === written) last++;
    if (written) {
      const name = last === day ? DAYS[day] : `${DAYS[day]}-${DAYS[last]}`;
      weekly[name ?? ""] = (week[day] ?? []).map(spanText);
    }
    day = last + 1;
  }
  return weekly;
}
