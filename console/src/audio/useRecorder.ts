/** Recording with the browser's microphone. What comes out is a WAV file as the exchange takes it. */
import { useCallback, useEffect, useRef, useState } from "react";
import { toWav } from "./decode";
import { loudness } from "./samples";

/** `insecure`: browsers give the microphone to pages over HTTPS, or of this machine, alone. */
export type RecorderTrouble = "denied" | "missing" | "insecure" | "broken";
export type RecorderPhase = "idle" | "asking" | "recording" | "working";

export interface Recorder {
  phase: RecorderPhase;
  trouble: RecorderTrouble | null;
  /** How loud it is now, from 0 to 1. */
  level: number;
  seconds: number;
  start: () => Promise<void>;
  stop: () => void;
}

const TICK = 80;

/** Speech is seldom louder than a quarter of what there is room for. */
const LOUD = 0.25;

interface Taking {
  recorder: MediaRecorder;
  stream: MediaStream;
  context: AudioContext;
  timer: ReturnType<typeof setInterval>;
}

function release(taking: Taking): void {
  clearInterval(taking.timer);
  for (const track of taking.stream.getTracks()) track.stop();
  void taking.context.close();
}

function troubleOf(error: unknown): RecorderTrouble {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" ? "missing" : "broken";
}

/** `onSound` is told each recording; `longest` seconds, then it stops by itself. */
export function useRecorder(onSound: (wav: Blob) => void, longest: number): Recorder {
  const taking = useRef<Taking | null>(null);
  const told = useRef(onSound);
  told.current = onSound;
  const [state, setState] = useState({
    phase: "idle" as RecorderPhase,
    trouble: null as RecorderTrouble | null,
    level: 0,
    seconds: 0,
  });
  const put = useCallback(
    (part: Partial<typeof state>) => setState((before) => ({ ...before, ...part })),
    [],
  );
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      if (taking.current) release(taking.current);
      taking.current = null;
    };
  }, []);

  const stop = useCallback(() => {
    const { recorder } = taking.current ?? {};
    if (recorder?.state === "recording") recorder.stop();
  }, []);

  const start = useCallback(async () => {
    if (!navigator.mediaDevices || typeof MediaRecorder === "undefined") {
      put({ trouble: "insecure" });
      return;
    }
    put({ phase: "asking", trouble: null, level: 0, seconds: 0 });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      if (gone.current) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      const begun = performance.now();
      const read = levelOf(stream);
      const recorder = new MediaRecorder(stream);
      const pieces: Blob[] = [];
      recorder.ondataavailable = ({ data }) => pieces.push(data);
      recorder.onstop = () => {
        if (taking.current) release(taking.current);
        taking.current = null;
        if (gone.current) return;
        put({ phase: "working", level: 0 });
        toWav(new Blob(pieces, { type: recorder.mimeType })).then(
          (wav) => {
            put({ phase: "idle" });
            told.current(wav);
          },
          () => put({ phase: "idle", trouble: "broken" }),
        );
      };
      const timer = setInterval(() => {
        const seconds = (performance.now() - begun) / 1000;
        put({ level: Math.min(1, read.level() / LOUD), seconds });
        if (seconds >= longest) stop();
      }, TICK);
      taking.current = { recorder, stream, context: read.context, timer };
      recorder.start();
      put({ phase: "recording" });
    } catch (error) {
      put({ phase: "idle", trouble: troubleOf(error) });
    }
  }, [longest, put, stop]);
  return { ...state, start, stop };
}

function levelOf(stream: MediaStream): { context: AudioContext; level: () => number } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    context,
    level: () => {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
  };
}
