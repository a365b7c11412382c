import { ActionIcon, Box, Menu, Text, TextInput } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./WeekPainter.module.css";
import {
  clock,
  DAY,
  DAYS,
  isOpen,
  painted,
  parseSpans,
  QUARTER,
  type Span,
  spansText,
  tail,
  type Week,
} from "./week";

interface Props {
  week: Week;
  onChange: (week: Week) => void;
  disabled?: boolean;
}

interface Stroke {
  day: number;
  minute: number;
  /** What a finger meets is half an hour wide. */
  step: number;
  open: boolean;
  before: Week;
}

const HALF_HOUR = 30;
const MARKS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

/** Opening hours, painted: pressing on what is closed and drawing opens, on what is open closes. By keyboard and as text, too. */
export function WeekPainter({ week, onChange, disabled = false }: Props) {
  const { t } = useTranslation("hours");
  const help = useId();
  const tracks = useRef<(HTMLDivElement | null)[]>([]);
  const stroke = useRef<Stroke | null>(null);
  const dayAt = (y: number, otherwise: number) => {
    const found = tracks.current.findIndex((track) => {
      const place = track?.getBoundingClientRect();
      return place && y >= place.top - 4 && y <= place.bottom + 4;
    });
    return found < 0 ? otherwise : found;
  };
  const begin = (event: PointerEvent<HTMLDivElement>, day: number) => {
    if (disabled || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const step = event.pointerType === "touch" ? HALF_HOUR : QUARTER;
    const minute = minuteOf(event, step);
    stroke.current = { day, minute, step, open: !isOpen(week[day] ?? [], minute), before: week };
    draw(event);
  };
  const draw = (event: PointerEvent<HTMLDivElement>) => {
    const from = stroke.current;
    if (!from) return;
    const minute = minuteOf(event, from.step);
    const day = event.pointerType === "touch" ? from.day : dayAt(event.clientY, from.day);
    const span: Span = [Math.min(minute, from.minute), Math.max(minute, from.minute) + from.step];
    onChange(painted(from.before, [from.day, day], span, from.open));
  };
  const end = (kept: boolean) => {
    if (stroke.current && !kept) onChange(stroke.current.before);
    stroke.current = null;
  };
  return (
    <Box>
      <Text size="sm" c="dimmed" mb="xs" id={help}>
        {t("painterHint")}
      </Text>
      <Box className={`${classes.row} ${classes.scaleRow}`} aria-hidden>
        <span />
        <div className={classes.scale}>
          {MARKS.map((hour) => (
            <span key={hour} style={{ left: `${(hour / 24) * 100}%` }}>
              {hour}
            </span>
          ))}
        </div>
      </Box>
      {DAYS.map((name, day) => (
        <Box key={name} className={classes.row}>
          <Text size="sm" fw={600}>
            {t(`day.${name}`)}
          </Text>
          <Track
            label={t(`day.${name}`)}
            help={help}
            spans={week[day] ?? []}
            tail={tail(week, day)}
            disabled={disabled}
            trackRef={(element) => {
              tracks.current[day] = element;
            }}
            onBegin={(event) => begin(event, day)}
            onDraw={draw}
            onEnd={end}
            onPaint={(span, open) => onChange(painted(week, [day, day], span, open))}
          />
          <DayText
            label={t("dayText", { day: t(`day.${name}`) })}
            spans={week[day] ?? []}
            disabled={disabled}
            onChange={(spans) => onChange(week.map((one, at) => (at === day ? spans : one)))}
          />
          {!disabled && <CopyDay day={day} week={week} onChange={onChange} />}
        </Box>
      ))}
    </Box>
  );
}

function minuteOf(event: PointerEvent<HTMLDivElement>, step: number): number {
  const place = event.currentTarget.getBoundingClientRect();
  const share = (event.clientX - place.left) / place.width;
  return Math.max(0, Math.min(DAY - step, Math.floor((share * DAY) / step) * step));
}

interface TrackProps {
  label: string;
  help: string;
  spans: readonly Span[];
  tail: readonly Span[];
  disabled: boolean;
  trackRef: (element: HTMLDivElement | null) => void;
  onBegin: (event: PointerEvent<HTMLDivElement>) => void;
  onDraw: (event: PointerEvent<HTMLDivElement>) => void;
  onEnd: (kept: boolean) => void;
  onPaint: (span: Span, open: boolean) => void;
}

/** One day. By keyboard a cursor of a quarter of an hour goes along it, which Space turns over and Shift draws with. */
function Track({
  label,
  help,
  spans,
  tail,
  disabled,
  trackRef,
  onBegin,
  onDraw,
  onEnd,
  onPaint,
}: TrackProps) {
  const { t } = useTranslation("hours");
  const [cursor, setCursor] = useState(9 * 60);
  const [focused, setFocused] = useState(false);
  const key = (event: KeyboardEvent) => {
    const moved = movedBy(event.key, cursor);
    if (moved === null && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (moved === null) {
      if (!disabled) onPaint([cursor, cursor + QUARTER], !isOpen(spans, cursor));
      return;
    }
    if (event.shiftKey && !disabled) {
      const [first, last] = [Math.min(cursor, moved), Math.max(cursor, moved)];
      onPaint([first, last + QUARTER], isOpen(spans, cursor));
    }
    setCursor(moved);
  };
  const state = t(isOpen(spans, cursor) ? "open" : "closed");
  return (
    <div
      ref={trackRef}
      className={classes.track}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-describedby={help}
      aria-valuemin={0}
      aria-valuemax={DAY}
      aria-valuenow={cursor}
      aria-valuetext={`${clock(cursor)}: ${state}. ${spansText(spans) || t("closedAllDay")}`}
      aria-disabled={disabled}
      onKeyDown={key}
      onFocus={(event) => setFocused(event.currentTarget.matches(":focus-visible"))}
      onBlur={() => setFocused(false)}
      onPointerDown={onBegin}
      onPointerMove={onDraw}
      onPointerUp={() => onEnd(true)}
      onPointerCancel={() => onEnd(false)}
    >
      {tail.map(([from, to]) => (
        <div key={`tail${from}`} className={`${classes.open} ${classes.tail}`} style={place(from, to)} />
      ))}
      {spans.map(([from, to]) => (
        <div key={from} className={classes.open} style={place(from, Math.min(to, DAY))} />
      ))}
      {focused && <div className={classes.cursor} style={place(cursor, cursor + QUARTER)} />}
    </div>
  );
}

function place(from: number, to: number) {
  return { left: `${(from / DAY) * 100}%`, width: `${((to - from) / DAY) * 100}%` };
}

function movedBy(key: string, cursor: number): number | null {
  const last = DAY - QUARTER;
  if (key === "ArrowRight" || key === "ArrowUp") return Math.min(last, cursor + QUARTER);
  if (key === "ArrowLeft" || key === "ArrowDown") return Math.max(0, cursor - QUARTER);
  if (key === "PageUp") return Math.min(last, cursor + 60);
  if (key === "PageDown") return Math.max(0, cursor - 60);
  if (key === "Home") return 0;
  return key === "End" ? last : null;
}

interface TextProps {
  label: string;
  spans: readonly Span[];
  disabled: boolean;
  onChange: (spans: Span[]) => void;
  /** Shown above, not only read out. */
  visible?: boolean;
}

/** The same as it is written: taken over when the field is left. */
export function DayText({ label, spans, disabled, onChange, visible = false }: TextProps) {
  const { t } = useTranslation("hours");
  const written = spansText(spans);
  const [text, setText] = useState(written);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    setText(written);
    setWrong(false);
  }, [written]);
  const take = () => {
    const read = parseSpans(text);
    setWrong(read === null);
    if (read === null) return;
    setText(spansText(read));
    if (spansText(read) !== written) onChange(read);
  };
  return (
    <TextInput
      {...(visible ? { label } : { "aria-label": label, className: classes.text ?? "" })}
      size={visible ? "sm" : "xs"}
      placeholder={t("closed")}
      value={text}
      disabled={disabled}
      error={wrong && t("spansWrong")}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        take();
      }}
    />
  );
}

function CopyDay({ day, week, onChange }: { day: number; week: Week; onChange: (week: Week) => void }) {
  const { t } = useTranslation("hours");
  const spans = week[day] ?? [];
  const to = (chosen: (at: number) => boolean) => onChange(week.map((one, at) => (chosen(at) ? spans : one)));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t("copyDay", { day: t(`day.${DAYS[day]}`) })}>
          <IconCopy size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("copyTo")}</Menu.Label>
        <Menu.Item onClick={() => to((at) => at < 5)}>{t("workdays")}</Menu.Item>
        <Menu.Item onClick={() => to(() => true)}>{t("everyDay")}</Menu.Item>
        <Menu.Divider />
        {DAYS.map((name, at) =>
          at === day ? null : (
            <Menu.Item key={name} onClick={() => to((one) => one === at)}>
              {t(`day.${name}`)}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
