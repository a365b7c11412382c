import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Kind, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";

export interface Names {
  user: (id: string) => string;
  queue: (id: string) => string;
  group: (id: string) => string;
  trunk: (id: string) => string;
  flow: (id: string) => string;
  device: (id: string) => string;
  /** `user:ana`, `trunk:main`, `device:desk`, `queue:sales`… in words. */
  target: (target: string) => string;
}

/** What people call the things of their company; the ids themselves for who may not read its configuration. */
export function useNames(): Names {
  const { t } = useTranslation();
  const may = useMay("config.read");
  const users = useObjects("user", {}, may).data;
  const queues = useObjects("queue", {}, may).data;
  const groups = useObjects("group", {}, may).data;
  const trunks = useObjects("trunk", {}, may).data;
  const flows = useObjects("flow", {}, may).data;
  const devices = useObjects("device", {}, may).data;
  return useMemo(() => {
    const named = (all: { id: string; name?: string }[] | undefined) => {
      const byId = new Map((all ?? []).map((one) => [one.id, one.name || one.id]));
      return (id: string) => byId.get(id) ?? id;
    };
    const kinds: Partial<Record<Kind, (id: string) => string>> = {
      user: named(users),
      queue: named(queues),
      group: named(groups),
      trunk: named(trunks),
      flow: named(flows),
      device: named(devices),
    };
    const name = (kind: Kind) => kinds[kind] ?? ((id: string) => id);
    const target = (text: string): string => {
      const [head = "", ...rest] = text.split(":");
      const id = rest.join(":");
      if (head === "voicemail") return `${t("destination.voicemail")} ${name("user")(id)}`;
      if (head === "hang-up") return t("destination.hang-up");
      return id && head in kinds ? name(head as Kind)(id) : text;
    };
    return {
      user: name("user"),
      queue: name("queue"),
      group: name("group"),
      trunk: name("trunk"),
      flow: name("flow"),
      device: name("device"),
      target,
    };
  }, [t, users, queues, groups, trunks, flows, devices]);
}
