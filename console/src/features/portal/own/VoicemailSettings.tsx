import { Button, Checkbox, Group, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";
import { useChangePersonal, usePersonal, useSavePersonal } from "./settings";

/** Whether there is a voicemail box, and whether its messages are mailed. */
export function VoicemailSettings({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const settings = usePersonal(user);
  const change = useChangePersonal(user);
  return (
    <Loaded query={settings}>
      {({ voicemail }) => (
        <Panel
          title={t("voicemail.title")}
          hint={t("voicemail.hint")}
          on={voicemail.enabled}
          onSwitch={(enabled) => change.mutate({ voicemail: { enabled } })}
        >
          {voicemail.enabled && (
            <Stack gap="sm">
              <Checkbox
                label={t("voicemail.mail")}
                description={t("voicemail.mailHint")}
                checked={voicemail.mail}
                onChange={(event) => change.mutate({ voicemail: { mail: event.currentTarget.checked } })}
              />
              <Checkbox
                label={t("voicemail.delete")}
                disabled={!voicemail.mail}
                checked={voicemail.delete_after_mail}
                onChange={(event) =>
                  change.mutate({ voicemail: { delete_after_mail: event.currentTarget.checked } })
                }
              />
            </Stack>
          )}
        </Panel>
      )}
    </Loaded>
  );
}

/** The PIN of the voicemail box: what is asked on a telephone that is not one's own. */
export function VoicemailPin({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const settings = usePersonal(user);
  const [pin, setPin] = useState("");
  const has = settings.data?.voicemail.has_pin ?? false;
  const change = useSavePersonal(user, ({ voicemail }) => {
    setPin("");
    notifyDone(t(voicemail?.pin ? "pin.saved" : "pin.removed"), t("pin.title"));
  });
  const put = (next: string) => change.mutate({ voicemail: { pin: next } });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    put(pin);
  };
  const wrong = pin !== "" && !/^\d{4,10}$/.test(pin);
  return (
    <Panel title={t("pin.title")} hint={t(has ? "pin.has" : "pin.none")}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <ProblemAlert error={change.error} />
          <PasswordInput
            label={t(has ? "pin.new" : "pin.first")}
            description={t("pin.digits")}
            maw={260}
            inputMode="numeric"
            autoComplete="off"
            error={wrong ? t("pin.digits") : null}
            value={pin}
            onChange={(event) => setPin(event.currentTarget.value)}
          />
          <Group>
            <Button type="submit" disabled={pin === "" || wrong} loading={change.isPending}>
              {t("save", { ns: "common" })}
            </Button>
            {has && (
              <Button variant="default" onClick={() => put("")}>
                {t("pin.remove")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
