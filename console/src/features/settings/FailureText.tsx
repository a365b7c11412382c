import { useTranslation } from "react-i18next";
import { failureOf } from "./failure";

/** Why a message was not taken; nothing where it was. */
export function FailureText({ status, error }: { status: number | null; error: string }) {
  const { t } = useTranslation("settings");
  const failure = failureOf(status, error);
  if (failure === null) return null;
  if (failure.key === "other") return failure.text;
  return t(`failure.${failure.key}`, failure.key === "status" ? { status: failure.status } : {});
}
