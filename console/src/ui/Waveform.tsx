import { useMantineColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { peaks } from "@/audio/samples";
import classes from "./AudioPlayer.module.css";

const BAR = 3;
const GAP = 1;

interface Props {
  /** One channel is drawn around the middle; of two the first is above it and the second below. */
  channels: Float32Array[] | null | undefined;
  /** From 0 to 1: what has been played is in colour. */
  played: number;
}

/** A sound as bars, as high as it is loud. Only to be looked at. */
export function Waveform({ channels, played }: Props) {
  const { colorScheme } = useMantineColorScheme();
  const { ref, width, height } = useElementSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read of the page, which has others in the dark
  useEffect(() => {
    const drawing = canvas.current;
    const context = drawing?.getContext("2d");
    if (!drawing || !context || !width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    drawing.width = Math.round(width * ratio);
    drawing.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const style = getComputedStyle(drawing);
    const colours = [style.color, style.caretColor];
    const count = Math.max(1, Math.floor(width / (BAR + GAP)));
    const [above = [], below = above] = (channels ?? []).slice(0, 2).map((one) => scaled(peaks(one, count)));
    const middle = height / 2;
    for (let bar = 0; bar < count; bar++) {
      context.fillStyle = (bar + 0.5) / count <= played ? (colours[0] ?? "") : (colours[1] ?? "");
      const up = Math.max(1, (above[bar] ?? 0) * (middle - 1));
      const down = Math.max(1, (below[bar] ?? 0) * (middle - 1));
      context.fillRect(bar * (BAR + GAP), middle - up, BAR, up + down);
    }
  }, [channels, played, width, height, colorScheme]);
  return (
    <div ref={ref} className={classes.wave}>
      <canvas ref={canvas} className={classes.canvas} aria-hidden />
    </div>
  );
}

/** So that a quiet recording can be seen, too. */
function scaled(values: number[]): number[] {
  const loudest = Math.max(0.05, ...values);
  return values.map((value) => value / loudest);
}
