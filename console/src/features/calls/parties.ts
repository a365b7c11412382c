import { useTranslation } from "react-i18next";
import type { Names } from "@/ui/useNames";

interface Parties {
  /** Who calls, by the best name there is. */
  caller: string;
  /** Their number, where it is not the name already. */
  number: string;
  /** Whom they dialled. */
  called: string;
}

interface Call {
  caller: string;
  caller_name: string;
  dialled: string;
  caller_user?: string;
  called_user?: string;
  direction: string;
}

/** A call's two sides as people name them. */
export function partiesOf(call: Call, names: Pick<Names, "user">, hidden: string): Parties {
  const user = call.caller_user ? names.user(call.caller_user) : "";
  const caller = user || call.caller_name || call.caller || hidden;
  // Of a call from outside the number tells more than who happened to ring first.
  const called =
    call.direction === "internal" && call.called_user ? names.user(call.called_user) : call.dialled;
  return { caller, number: caller === call.caller ? "" : call.caller, called: called || "–" };
}

export function useParties(names: Pick<Names, "user">): (call: Call) => Parties {
  const { t } = useTranslation("callwords");
  return (call) => partiesOf(call, names, t("hidden"));
}
