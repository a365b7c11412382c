import { useMemo } from "react";
import type { Board } from "@/api/board";
import { type Names, useNames } from "@/ui/useNames";

/** Names as the board tells them, too: a supervisor reads no configuration. */
export function useLiveNames(board: Board | null): Names {
  const names = useNames();
  const agents = board?.agents;
  const queues = board?.queues;
  return useMemo(() => {
    const user = (id: string) => agents?.[id]?.name || names.user(id);
    const queue = (id: string) => queues?.[id]?.name || names.queue(id);
    const target = (text: string) => {
      if (text.startsWith("user:")) return user(text.slice("user:".length));
      return text.startsWith("queue:") ? queue(text.slice("queue:".length)) : names.target(text);
    };
    return { ...names, user, queue, target };
  }, [names, agents, queues]);
}
