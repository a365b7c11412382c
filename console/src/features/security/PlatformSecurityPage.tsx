import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { Page } from "@/ui/Page";
import { Advice } from "./Advice";
import { SecurityView } from "./SecurityView";

const NOBODY = new Map<string, string>();

/** Who tries to come in anywhere in the installation: names that nobody has, and addresses as a whole, too. */
export function PlatformSecurityPage() {
  const { t } = useTranslation("security");
  const mayLift = useMay("tenants.write");
  return (
    <Page title={t("platformTitle")} intro={t("platformIntro")}>
      <SecurityView tenant="" mayLift={mayLift} names={NOBODY} />
      <Advice tenant="" />
    </Page>
  );
}
