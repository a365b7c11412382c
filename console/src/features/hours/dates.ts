/** Days as a configuration writes them: `2026-12-24`, or `12-24` of every year. */

export interface Day {
  /** `2026-12-24`; where the day is of every year, in whatever year. */
  date: string;
  yearly: boolean;
}

export function dayOf(written: string, year: number): Day {
  const yearly = written.length <= 5;
  return { date: yearly && written ? `${leap(written) ? 2028 : year}-${written}` : written, yearly };
}

export function written({ date, yearly }: Day): string {
  return yearly ? date.slice(5) : date;
}

function leap(text: string): boolean {
  return text === "02-29";
}

export interface YearDay {
  iso: string;
  day: number;
}

/** The weeks of a month, Monday first; null where there is no day. */
export function weeksOf(year: number, month: number): (YearDay | null)[][] {
  const before = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const cells = Array.from({ length: Math.ceil((before + days) / 7) * 7 }, (_, at): YearDay | null => {
    const day = at - before + 1;
    if (day < 1 || day > days) return null;
    return { iso: `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`, day };
  });
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** Some days later or earlier. */
export function later(iso: string, days: number): string {
  const at = new Date(`${iso}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}
