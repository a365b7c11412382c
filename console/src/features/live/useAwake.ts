import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionQuery } from "@/api/session";

const STAYING = 5 * 60_000;

/** Keep the screen on, where the browser can, and the session alive: who only follows the board asks for nothing else. */
export function useAwake(): void {
  useQuery({ ...sessionQuery, refetchInterval: STAYING, refetchIntervalInBackground: true });
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const hold = async () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      try {
        lock = await navigator.wakeLock.request("screen");
        if (gone) await lock.release();
      } catch {
        // Refused, as with a low battery: the board works all the same.
        lock = null;
      }
    };
    void hold();
    // The browser takes it back whenever the page is hidden.
    document.addEventListener("visibilitychange", hold);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", hold);
      void lock?.release();
    };
  }, []);
}
