import { IconHistory } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { ButtonTo } from "@/ui/LinkTo";
import { Page } from "@/ui/Page";
import { Advice } from "./Advice";
import { namesOf } from "./names";
import { SecurityView } from "./SecurityView";

/** Who tries to come in as a telephone or a person of the company, and who has to wait. */
export function SecurityPage() {
  const { t } = useTranslation("security");
  const tenant = useTenant();
  const mayLift = useMay("config.write");
  const devices = useObjects("device").data ?? [];
  const users = useObjects("user").data ?? [];
  return (
    <Page
      title={t("title")}
      intro={t("intro")}
      actions={
        <ButtonTo
          to="/t/$tenant/audit"
          params={{ tenant }}
          variant="default"
          leftSection={<IconHistory size={18} />}
        >
          {t("toAudit")}
        </ButtonTo>
      }
    >
      <SecurityView tenant={tenant} mayLift={mayLift} names={namesOf(devices, users)} />
      <Advice tenant={tenant} />
    </Page>
  );
}
