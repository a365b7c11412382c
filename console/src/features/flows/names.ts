import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Kind, useObjects } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";
import type { Words } from "./describe";

/** What nodes are told with: the words, and the names of all that flows speak of. */
export function useWords(): Words {
  const { t, i18n } = useTranslation("flows");
  const lists: Partial<Record<Kind, { id: string; name?: string }[] | undefined>> = {
    calendar: useObjects("calendar").data,
    contacts: useObjects("contacts").data,
    flow: useObjects("flow").data,
    group: useObjects("group").data,
    menu: useObjects("menu").data,
    override: useObjects("override").data,
    prompt: useObjects("prompt").data,
    queue: useObjects("queue").data,
    schedule: useObjects("schedule").data,
    user: useObjects("user").data,
  };
  const { calendar, contacts, flow, group, menu, override, prompt, queue, schedule, user } = lists;
  const names = useMemo(() => {
    const all = { calendar, contacts, flow, group, menu, override, prompt, queue, schedule, user };
    const found = new Map<string, string>();
    for (const [kind, objects] of Object.entries(all))
      for (const object of objects ?? []) found.set(`${kind}:${object.id}`, nameOf(object));
    return found;
  }, [calendar, contacts, flow, group, menu, override, prompt, queue, schedule, user]);
  const name = useCallback((kind: Kind, id: string) => names.get(`${kind}:${id}`) ?? id, [names]);
  return useMemo(() => ({ t, name, language: i18n.language }), [t, name, i18n.language]);
}
