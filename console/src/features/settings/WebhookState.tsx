import { useTranslation } from "react-i18next";
import { Status } from "@/ui/Status";
import type { Webhook } from "./webhooks";

const TONES = { ok: "good", failing: "bad", disabled: "none" } as const;

/** Whether messages arrive. */
export function WebhookState({ webhook: { state, delivered_at } }: { webhook: Webhook }) {
  const { t } = useTranslation("settings");
  if (state === "ok" && delivered_at === null)
    return <Status tone="waiting">{t("hook.states.unused")}</Status>;
  return <Status tone={TONES[state]}>{t(`hook.states.${state}`)}</Status>;
}
