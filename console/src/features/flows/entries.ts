import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import type { FlowDoc } from "./graph";

/** What leads into a flow: numbers, its extension, other flows. */
export function useEntries(): (doc: Pick<FlowDoc, "id" | "extension">) => string[] {
  const { t } = useTranslation("flows");
  const numbers = useObjects("number").data ?? [];
  const flows = useObjects("flow").data ?? [];
  return (doc) => [
    ...numbers.filter((one) => one.destination === `flow:${doc.id}`).map((one) => one.number),
    ...(doc.extension ? [t("byExtension", { extension: doc.extension })] : []),
    ...flows
      .filter((other) =>
        Object.values(other.nodes).some((node) => node.type === "flow" && node.flow === doc.id),
      )
      .map((other) => t("byFlow", { name: other.name || other.id })),
  ];
}
