/** One sound that is played, and where it is; what else plays on the page is stopped by it. */
import { useCallback, useEffect, useRef, useState } from "react";

let playing: HTMLAudioElement | null = null;

export interface Player {
  playing: boolean;
  /** Seconds. */
  at: number;
  /** Seconds; 0 as long as it is not known. */
  length: number;
  failed: boolean;
  toggle: () => void;
  seek: (seconds: number) => void;
  setRate: (rate: number) => void;
}

export function usePlayer(source: string | Blob, known = 0): Player {
  const element = useRef<HTMLAudioElement | null>(null);
  const rate = useRef(1);
  const [state, setState] = useState({ playing: false, at: 0, length: 0, failed: false });
  useEffect(() => {
    const url = source instanceof Blob ? URL.createObjectURL(source) : source;
    const audio = new Audio();
    audio.preload = source instanceof Blob ? "metadata" : "none";
    audio.src = url;
    element.current = audio;
    setState({ playing: false, at: 0, length: 0, failed: false });
    const put = (part: Partial<typeof state>) => setState((before) => ({ ...before, ...part }));
    const told = {
      play: () => put({ playing: true }),
      pause: () => put({ playing: false }),
      ended: () => put({ playing: false, at: 0 }),
      timeupdate: () => put({ at: audio.currentTime }),
      durationchange: () => Number.isFinite(audio.duration) && put({ length: audio.duration }),
      error: () => put({ failed: true, playing: false }),
    };
    for (const [event, does] of Object.entries(told)) audio.addEventListener(event, does);
    return () => {
      for (const [event, does] of Object.entries(told)) audio.removeEventListener(event, does);
      audio.pause();
      audio.removeAttribute("src");
      if (playing === audio) playing = null;
      element.current = null;
      if (source instanceof Blob) URL.revokeObjectURL(url);
    };
  }, [source]);

  const toggle = useCallback(() => {
    const audio = element.current;
    if (!audio) return;
    if (!audio.paused) {
      audio.pause();
      return;
    }
    if (playing !== audio) playing?.pause();
    playing = audio;
    audio.playbackRate = rate.current;
    // Refused where it cannot be decoded, which the element tells as an error, too.
    audio.play().catch(() => setState((before) => ({ ...before, playing: false })));
  }, []);
  const seek = useCallback((seconds: number) => {
    const audio = element.current;
    if (!audio) return;
    const end = Number.isFinite(audio.duration) ? audio.duration : seconds;
    audio.currentTime = Math.max(0, Math.min(seconds, end));
    setState((before) => ({ ...before, at: audio.currentTime }));
  }, []);
  const setRate = useCallback((wanted: number) => {
    rate.current = wanted;
    if (element.current) element.current.playbackRate = wanted;
  }, []);
  return { ...state, length: state.length || known, toggle, seek, setRate };
}
