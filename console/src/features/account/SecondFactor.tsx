import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { Status } from "@/ui/Status";
import { notifyDone } from "@/ui/saved";
import { useDropSecondFactor, useRenewRecoveryCodes, useSecondFactor } from "./own";
import { ProofDialog } from "./ProofDialog";
import { RecoveryCodes } from "./RecoveryCodes";
import { SecondFactorSetup } from "./SecondFactorSetup";

const FEW = 3;

/** A code of the telephone besides the password. */
export function SecondFactor() {
  const { t } = useTranslation("account");
  const state = useSecondFactor();
  const [asking, setAsking] = useState<"setup" | "renew" | "drop" | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const renew = useRenewRecoveryCodes();
  const drop = useDropSecondFactor();
  const close = () => setAsking(null);
  return (
    <Section title={t("secondFactor")} hint={t("secondFactorHint")}>
      <Loaded query={state}>
        {({ on, recovery_codes: left }) => (
          <>
            <Status tone={on ? "good" : "warning"}>{t(on ? "secondFactorOn" : "secondFactorOff")}</Status>
            {on && (
              <Text size="sm" c="dimmed">
                {t("codesLeft", { count: left })}
              </Text>
            )}
            {on && left < FEW && <Alert color="lamp">{t("codesFew")}</Alert>}
            <Group gap="sm">
              {on ? (
                <>
                  <Button variant="default" onClick={() => setAsking("renew")}>
                    {t("renewCodes")}
                  </Button>
                  <Button variant="subtle" color="red" onClick={() => setAsking("drop")}>
                    {t("dropSecondFactor")}
                  </Button>
                </>
              ) : (
                <Button onClick={() => setAsking("setup")}>{t("setUpSecondFactor")}</Button>
              )}
            </Group>
          </>
        )}
      </Loaded>
      {asking === "setup" && <SecondFactorSetup onClose={close} onCodes={setCodes} />}
      {asking === "renew" && (
        <ProofDialog
          title={t("renewCodes")}
          hint={t("renewCodesHint")}
          confirm={t("renewCodes")}
          act={(password) =>
            renew.mutateAsync(password).then((made) => {
              close();
              setCodes(made.codes);
            })
          }
          onClose={close}
        />
      )}
      {asking === "drop" && (
        <ProofDialog
          title={t("dropSecondFactor")}
          hint={t("dropSecondFactorHint")}
          confirm={t("dropSecondFactor")}
          act={(password) =>
            drop.mutateAsync(password).then(() => {
              close();
              notifyDone(t("secondFactorDropped"));
            })
          }
          onClose={close}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </Section>
  );
}
