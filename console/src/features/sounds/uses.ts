/** Where a prompt is heard. */
import type { Kind, Stored } from "@/api/objects";

export interface Holders {
  flow: Stored<"flow">[];
  menu: Stored<"menu">[];
  queue: Stored<"queue">[];
  site: Stored<"site">[];
}

export interface Use {
  kind: Kind & keyof Holders;
  id: string;
  name: string;
}

/** The page on which that is changed: menus stand within the flows, and sites in the settings. */
export function addressOf(tenant: string, { kind, id }: Pick<Use, "kind" | "id">): string {
  const places = {
    flow: `flows/${encodeURIComponent(id)}`,
    menu: "flows",
    queue: `teams/queues/${encodeURIComponent(id)}`,
    site: "settings",
  };
  return `/t/${encodeURIComponent(tenant)}/${places[kind]}`;
}

function promptsOf(kind: keyof Holders, object: Stored<"flow" | "menu" | "queue" | "site">): unknown[] {
  if (kind === "flow") {
    return Object.values((object as Stored<"flow">).nodes).map((node) =>
      "prompt" in node ? node.prompt : "",
    );
  }
  if (kind === "menu") {
    const { prompt, invalid_prompt, silence_prompt } = object as Stored<"menu">;
    return [prompt, invalid_prompt, silence_prompt];
  }
  if (kind === "queue") {
    const { welcome, music, periodic, report_to_agent } = object as Stored<"queue">;
    return [welcome, music, report_to_agent, ...(periodic?.prompts ?? [])];
  }
  return [(object as Stored<"site">).music];
}

/** Prompt → all that plays it. */
export function usesOf(holders: Partial<Holders>): Map<string, Use[]> {
  const found = new Map<string, Use[]>();
  for (const kind of ["flow", "menu", "queue", "site"] as const) {
    for (const object of holders[kind] ?? []) {
      for (const prompt of new Set(promptsOf(kind, object))) {
        if (typeof prompt !== "string" || !prompt) continue;
        const use = { kind, id: object.id, name: object.name || object.id };
        found.set(prompt, [...(found.get(prompt) ?? []), use]);
      }
    }
  }
  return found;
}
