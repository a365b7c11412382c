import { useTranslation } from "react-i18next";
import { Status } from "@/ui/Status";
import type { Phones } from "./phones";

/** Whether somebody can be rung. `told`: whether the exchange tells of telephones now. */
export function PhoneStatus({ phones, told }: { phones: Phones | undefined; told: boolean }) {
  const { t } = useTranslation("people");
  if (!phones) return <Status tone="none">{t("phone.none")}</Status>;
  if (!told) return <Status tone="waiting">{t("phone.unknown")}</Status>;
  const { made, reachable } = phones;
  if (reachable === 0) return <Status tone="bad">{t("phone.lost")}</Status>;
  return (
    <Status tone="good">
      {made === 1 ? t("phone.reachable") : t("phone.someReachable", { reachable, made })}
    </Status>
  );
}
