import { useMemo } from "react";
import { useObjects } from "@/api/objects";
import { type Use, usesOf } from "./uses";

/** Prompt → all that plays it; undefined as long as that is not known. */
export function useUses(): Map<string, Use[]> | undefined {
  const flow = useObjects("flow").data;
  const menu = useObjects("menu").data;
  const queue = useObjects("queue").data;
  const site = useObjects("site").data;
  return useMemo(
    () => (flow && menu && queue && site ? usesOf({ flow, menu, queue, site }) : undefined),
    [flow, menu, queue, site],
  );
}
