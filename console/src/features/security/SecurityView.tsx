import { Alert } from "@mantine/core";
import { IconPlugConnectedX, IconShieldCheck, IconShieldLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { Attempts } from "./Attempts";
import { Suspects } from "./Suspects";
import { type Security, useSecurity } from "./security";

interface Props {
  /** Empty: the whole installation. */
  tenant: string;
  mayLift: boolean;
  /** Names of telephones → whose they are. */
  names: Map<string, string>;
}

/** Who is blocked now, who is near to it, and the last failures. */
export function SecurityView({ tenant, mayLift, names }: Props) {
  const { t } = useTranslation("security");
  const query = useSecurity(tenant);
  return (
    <Loaded query={query}>
      {(security) => (
        <>
          <Summary security={security} />
          {security.suspects.length > 0 && (
            <Section title={t("suspects")} hint={t("suspectsHint")}>
              <Suspects suspects={security.suspects} tenant={tenant} mayLift={mayLift} names={names} />
            </Section>
          )}
          <Section title={t("attempts")} hint={t("attemptsHint")}>
            <Attempts attempts={security.attempts} tenant={tenant} names={names} />
          </Section>
        </>
      )}
    </Loaded>
  );
}

function Summary({ security }: { security: Security }) {
  const { t } = useTranslation("security");
  const blocked = security.suspects.filter((one) => one.blocked).length;
  return (
    <>
      {blocked > 0 ? (
        <Alert color="lamp" icon={<IconShieldLock />} title={t("someBlocked", { count: blocked })}>
          {t("someBlockedHint")}
        </Alert>
      ) : (
        <Alert color="teal" icon={<IconShieldCheck />} title={t("noneBlocked")}>
          {t(security.suspects.length > 0 ? "noneBlockedHint" : "quietHint")}
        </Alert>
      )}
      {!security.switch && (
        <Alert color="lamp" icon={<IconPlugConnectedX />} title={t("noSwitch")}>
          {t("noSwitchHint")}
        </Alert>
      )}
    </>
  );
}
