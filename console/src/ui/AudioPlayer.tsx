import { ActionIcon, Box, Button, Text, Tooltip } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { channels } from "@/audio/decode";
import { TELEPHONE_RATE } from "@/audio/samples";
import { usePlayer } from "@/audio/usePlayer";
import { duration } from "@/i18n/format";
import classes from "./AudioPlayer.module.css";
import { Waveform } from "./Waveform";

interface Props {
  /** What is heard, for screen readers: "Mensaje de Luis, 28 nov". */
  label: string;
  /** An address of the API, or a sound in memory (the same object as long as it is the same sound). */
  source: string | Blob;
  /** How long it is, where that is known before it is loaded. */
  seconds?: number | null;
  /** The name of the file that it can be saved as; none: it is not offered. */
  download?: string;
  /** Played for the first time. */
  onPlay?: () => void;
}

const RATES = [1, 1.5, 2] as const;
const STEP = 5;

/** A sound with its waveform: play, pause, go to a place, faster; all of it by keyboard, too. */
export function AudioPlayer({ label, source, seconds, download, onPlay }: Props) {
  const { t } = useTranslation();
  const player = usePlayer(source, seconds ?? 0);
  const [rate, setRate] = useState<number>(RATES[0]);
  const { ref, seen } = useSeen();
  const drawn = useDrawn(source, seen);
  const length = player.length || (drawn.data?.[0] ? drawn.data[0].length / TELEPHONE_RATE : 0);
  const toggle = () => {
    if (!player.playing && player.at === 0) onPlay?.();
    player.toggle();
  };
  const faster = () => {
    const next = RATES[(RATES.indexOf(rate as (typeof RATES)[number]) + 1) % RATES.length] ?? 1;
    setRate(next);
    player.setRate(next);
  };
  if (player.failed || (drawn.isError && !player.playing && length === 0)) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t("player.failed")}
      </Text>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div ref={ref} className={classes.player} role="group" aria-label={label}>
      <ActionIcon
        size="lg"
        radius="xl"
        variant={player.playing ? "filled" : "light"}
        onClick={toggle}
        aria-label={t(player.playing ? "player.pause" : "player.play")}
      >
        {player.playing ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
      </ActionIcon>
      <Seek at={player.at} length={length} onSeek={player.seek} onToggle={toggle} label={t("player.place")}>
        <Waveform channels={drawn.data} played={length ? player.at / length : 0} />
      </Seek>
      <Text size="xs" className={classes.time}>
        {duration(player.at)} / {length ? duration(length) : "–:––"}
      </Text>
      <Button size="compact-xs" variant="subtle" onClick={faster} aria-label={t("player.rate", { rate })}>
        {`${rate}×`}
      </Button>
      {download && typeof source === "string" && (
        <Tooltip label={t("download")}>
          <ActionIcon
            component="a"
            href={source}
            download={download}
            variant="subtle"
            aria-label={`${t("download")}: ${label}`}
          >
            <IconDownload size={18} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}

/** Nothing is fetched for what nobody has scrolled to. */
function useSeen() {
  const { ref, entry } = useIntersection({ rootMargin: "100px" });
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (entry?.isIntersecting) setSeen(true);
  }, [entry?.isIntersecting]);
  return { ref, seen };
}

const numbers = new WeakMap<Blob, number>();
let given = 0;

/** What a sound is known by among what has been read. */
function nameOf(source: string | Blob): string {
  if (typeof source === "string") return source;
  const number = numbers.get(source) ?? ++given;
  numbers.set(source, number);
  return `blob/${number}`;
}

function useDrawn(source: string | Blob, wanted: boolean) {
  return useQuery({
    queryKey: ["waveform", nameOf(source)],
    queryFn: ({ signal }) => channels(source, signal),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    retry: false,
  });
}

interface SeekProps {
  at: number;
  length: number;
  label: string;
  onSeek: (seconds: number) => void;
  onToggle: () => void;
  children: ReactNode;
}

/** Where a key leads to, in seconds; null: nowhere. */
function placeOf(key: string, at: number, length: number): number | null {
  if (key === "ArrowLeft" || key === "ArrowDown") return at - STEP;
  if (key === "ArrowRight" || key === "ArrowUp") return at + STEP;
  if (key === "Home") return 0;
  return key === "End" ? length : null;
}

function Seek({ at, length, label, onSeek, onToggle, children }: SeekProps) {
  const to = (event: PointerEvent<HTMLDivElement>) => {
    const place = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - place.left) / place.width) * length);
  };
  const key = (event: KeyboardEvent) => {
    const place = placeOf(event.key, at, length);
    if (place !== null) onSeek(place);
    else if (event.key === " " || event.key === "Enter") onToggle();
    else return;
    event.preventDefault();
  };
  return (
    <Box
      className={classes.seek}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.round(length)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={`${duration(at)} / ${duration(length)}`}
      onKeyDown={key}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        to(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && to(event)}
    >
      {children}
    </Box>
  );
}
