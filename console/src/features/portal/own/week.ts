/** A week of hours as the configuration has it: days → spans like "09:00-14:00"; a day that is not named is closed. */
export type Week = Record<string, string[]>;

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export const OFFICE_WEEK: Week = Object.fromEntries(
  ["mon", "tue", "wed", "thu", "fri"].map((day) => [day, ["09:00-18:00"]]),
);

export function halves(span: string): [string, string] {
  const [from = "", to = ""] = span.split("-");
  return [from, to];
}

/** The day with another span in a place; closed days are left out. */
export function withSpans(week: Week, day: string, spans: string[]): Week {
  const { [day]: _, ...others } = week;
  return spans.length ? { ...others, [day]: spans } : others;
}

/** Days that say nothing that could be meant: an hour is missing, or it ends where it begins. */
export function weekErrors(week: Week): string[] {
  return Object.entries(week)
    .filter(([, spans]) =>
      spans.some((span) => {
        const [from, to] = halves(span);
        return !/^\d\d:\d\d$/.test(from) || !/^\d\d:\d\d$/.test(to) || from === to;
      }),
    )
    .map(([day]) => day);
}

/** What to propose after the spans that are there. */
export function nextSpan(spans: readonly string[]): string {
  const last = spans.at(-1);
  if (!last) return "09:00-14:00";
  const hour = Number(halves(last)[1].slice(0, 2));
  const from = Math.min(22, hour + 1);
  return `${String(from).padStart(2, "0")}:00-${String(Math.min(23, from + 3)).padStart(2, "0")}:00`;
}
