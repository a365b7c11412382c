/** Instants, durations, numbers and money as the reader's language and the company's time zone have them. */
import i18next from "i18next";

const DATE_TIME: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };

function language(): string {
  return i18next.language;
}

/** "28 nov 2026, 13:05"; in the browser's zone where none is given. */
export function instant(at: string | number | null | undefined, zone?: string, options = DATE_TIME): string {
  if (at === null || at === undefined || at === "") return "";
  return new Intl.DateTimeFormat(language(), { ...options, ...(zone ? { timeZone: zone } : {}) }).format(
    new Date(at),
  );
}

export function date(at: string | number, zone?: string): string {
  return instant(at, zone, { dateStyle: "medium" });
}

export function time(at: string | number, zone?: string): string {
  return instant(at, zone, { timeStyle: "short" });
}

/** "hace 3 minutos", "in 2 days". `now` in milliseconds since the epoch. */
export function relative(at: string | number, now: number): string {
  const seconds = Math.round((new Date(at).getTime() - now) / 1000);
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const format = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, "second");
}

/** "1:05" for 65 seconds, "1:02:03" for an hour more. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

export function number(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(language(), options).format(value);
}

export function percent(share: number): string {
  return number(share, { style: "percent", maximumFractionDigits: 1 });
}

export function money(value: number, currency: string): string {
  return number(value, { style: "currency", currency });
}
