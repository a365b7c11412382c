import { Tooltip, UnstyledButton } from "@mantine/core";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { instant } from "@/i18n/format";
import { later, weeksOf } from "./dates";
import classes from "./YearView.module.css";

export interface Marked {
  name: string;
  /** `own`: a day of one's own; `hours`: only some hours are closed. */
  kind: "holiday" | "own" | "hours";
}

interface Props {
  year: number;
  marked: ReadonlyMap<string, Marked>;
  /** A day was clicked, or Enter pressed on it. */
  onDay: (iso: string) => void;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Twelve months with their holidays. The arrows go from day to day. */
export function YearView({ year, marked, onDay }: Props) {
  const { t } = useTranslation("hours");
  const box = useRef<HTMLDivElement>(null);
  const today = new Date().toLocaleDateString("sv");
  const [current, setCurrent] = useState(today);
  const at = current.startsWith(`${year}-`) ? current : `${year}-01-01`;
  const key = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = later(at, step);
    if (!next.startsWith(`${year}-`)) return;
    setCurrent(next);
    box.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the days within
    <div ref={box} className={classes.year} onKeyDown={key}>
      {Array.from({ length: 12 }, (_, month) => (
        <table
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the month
          key={month}
          className={classes.month}
        >
          <caption>{instant(Date.UTC(year, month, 1), "UTC", { month: "long" })}</caption>
          <thead>
            <tr>
              {Array.from({ length: 7 }, (_, day) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: the index is the weekday
                  key={day}
                  scope="col"
                  // 5 January 2026 was a Monday.
                  abbr={instant(Date.UTC(2026, 0, 5 + day), "UTC", { weekday: "long" })}
                >
                  {instant(Date.UTC(2026, 0, 5 + day), "UTC", { weekday: "narrow" })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(year, month).map((week) => (
              <tr key={week.find((day) => day)?.iso}>
                {week.map((day, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the index is the weekday
                  <td key={place}>
                    {day && (
                      <DayButton
                        iso={day.iso}
                        day={day.day}
                        mark={marked.get(day.iso)}
                        today={day.iso === today}
                        stop={day.iso === at}
                        words={t(`mark.${marked.get(day.iso)?.kind ?? "none"}`)}
                        onClick={() => {
                          setCurrent(day.iso);
                          onDay(day.iso);
                        }}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

interface DayProps {
  iso: string;
  day: number;
  mark: Marked | undefined;
  today: boolean;
  /** The one day that Tab stops at. */
  stop: boolean;
  words: string;
  onClick: () => void;
}

function DayButton({ iso, day, mark, today, stop, words, onClick }: DayProps) {
  const name = instant(`${iso}T12:00:00Z`, "UTC", { dateStyle: "full" });
  const button = (
    <UnstyledButton
      className={classes.day}
      data-day={iso}
      data-kind={mark?.kind}
      data-today={today || undefined}
      tabIndex={stop ? 0 : -1}
      aria-label={mark ? `${name}: ${mark.name}, ${words}` : name}
      onClick={onClick}
    >
      {day}
    </UnstyledButton>
  );
  return mark ? <Tooltip label={mark.name}>{button}</Tooltip> : button;
}
