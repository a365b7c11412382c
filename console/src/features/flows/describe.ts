/** A node and its exits in few words, as they stand on its card. */
import type { TFunction } from "i18next";
import type { Kind } from "@/api/objects";
import { areaName } from "./areas";
import type { FlowDoc, FlowNode, NodeOf, Path } from "./graph";

/** What people call an object of a kind. */
export type NameOf = (kind: Kind, id: string) => string;

export interface Words {
  /** Of the namespace "flows". */
  t: TFunction<"flows">;
  name: NameOf;
  language: string;
}

export function titleOf(node: FlowNode, { t }: Words): string {
  return node.label || t(`node.${node.type}.name`);
}

/** What people call a node of a document. */
export function nodeName(doc: FlowDoc, id: string, words: Words): string {
  const node = doc.nodes[id];
  if (!node) return id;
  const summary = node.label ? "" : summaryOf(node, words);
  return summary ? `${titleOf(node, words)}: ${summary}` : titleOf(node, words);
}

export function targetName(target: string, { t, name }: Words): string {
  const [kind = "", ...rest] = target.split(":");
  const id = rest.join(":");
  if (kind === "user" || kind === "group") return name(kind, id);
  return kind === "external" ? id : t("nothingChosen");
}

function listed(names: string[], t: Words["t"]): string {
  if (names.length === 0) return t("nothingChosen");
  return names.length > 3
    ? t("andMore", { names: names.slice(0, 2).join(", "), count: names.length - 2 })
    : names.join(", ");
}

/** What it asks, whom it rings, what it plays. */
export function summaryOf(node: FlowNode, words: Words): string {
  const { t, name, language } = words;
  const one = (kind: Kind, id: string | null | undefined) => (id ? name(kind, id) : t("nothingChosen"));
  switch (node.type) {
    case "hours":
      return one("schedule", node.schedule);
    case "holiday":
      return listed(
        node.calendars.map((id) => name("calendar", id)),
        t,
      );
    case "override":
      return one("override", node.override);
    case "geography":
      return listed(
        node.branches.flatMap((branch) => branch.in.map((code) => areaName(code, language))),
        t,
      );
    case "caller":
      return t("branchCount", { count: node.branches.length });
    case "share":
      return t(`option.by.${node.by}`);
    case "menu":
      return one("menu", node.menu);
    case "announce":
    case "collect":
      return one("prompt", node.prompt);
    case "lookup":
      return node.url.replace(/^https?:\/\//, "").split("/")[0] || t("nothingChosen");
    case "set":
      return setSummary(node, words);
    case "ring":
      return listed(
        node.targets.map((target) => targetName(target, words)),
        t,
      );
    case "queue":
    case "callback":
      return one("queue", node.queue);
    case "voicemail":
      return one("user", node.user);
    case "external":
      return node.number || t("nothingChosen");
    case "flow":
      return one("flow", node.flow);
    case "hang-up":
      return node.prompt ? name("prompt", node.prompt) : t(`option.cause.${node.cause}`);
  }
}

function setSummary(node: NodeOf<"set">, { t }: Words): string {
  const said = [
    node.name_prefix ? `«${node.name_prefix}»` : "",
    node.tag ? `#${node.tag}` : "",
    node.language ? t(`option.language.${node.language}`) : "",
    node.priority === null || node.priority === undefined ? "" : `${t("field.priority")} ${node.priority}`,
    node.record === true ? t("records") : "",
    ...Object.keys(node.skills ?? {}),
  ].filter(Boolean);
  return said.join(", ") || t("nothingChosen");
}

const REASONS = new Set(["wait", "size", "no-agents", "estimated-wait", "callback"]);

/** What an exit is called on the card. */
export function exitName(node: FlowNode, path: Path, words: Words): string {
  const { t, name, language } = words;
  const [field, key] = path;
  if (field === "choices") return t("keyPressed", { key });
  if (field === "exits") return REASONS.has(String(key)) ? t(`reason.${key}`) : String(key);
  if (field === "targets" && node.type === "share") return shareName(node, Number(key), words);
  if (field === "branches") {
    if (node.type === "geography")
      return listed(node.branches[Number(key)]?.in.map((code) => areaName(code, language)) ?? [], t);
    if (node.type === "caller") return callerBranchName(node, Number(key), words);
    if (node.type === "lookup") return t("answerIs", { value: node.branches?.[Number(key)]?.equals ?? "" });
  }
  const own = `exit.${node.type}.${field}`;
  return t(own, { defaultValue: t(`exit.${field}`) }) || name("flow", "");
}

function shareName(node: NodeOf<"share">, index: number, { t }: Words): string {
  const total = node.targets.reduce((sum, target) => sum + target.weight, 0);
  const weight = node.targets[index]?.weight ?? 1;
  if (node.by !== "weight" || total === 0) return t("way", { number: index + 1 });
  return t("share", { percent: Math.round((100 * weight) / total) });
}

export function callerBranchName(node: NodeOf<"caller">, index: number, { t, name }: Words): string {
  const branch = node.branches[index];
  if (!branch) return "";
  const asks = [
    branch.contacts ? t("isOnList", { list: name("contacts", branch.contacts) }) : "",
    branch.anonymous === true ? t("isAnonymous") : branch.anonymous === false ? t("showsNumber") : "",
    branch.internal === true ? t("isInside") : branch.internal === false ? t("isOutside") : "",
    branch.seen_within_days ? t("calledWithin", { count: branch.seen_within_days }) : "",
    branch.last_agent_within_days ? t("agentWithin", { count: branch.last_agent_within_days }) : "",
    branch.tag ? `#${branch.tag}` : "",
  ].filter(Boolean);
  return asks.join(" + ") || t("everybody");
}
