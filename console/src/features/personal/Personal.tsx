import { Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { Forwarding } from "./Forwarding";
import { useChangePersonal, usePersonal } from "./personal";
import { Voicemail } from "./Voicemail";

interface Props {
  user: string;
  mayWrite: boolean;
}

/** Do not disturb and forwarding of one person, for themselves or an administrator. */
export function Reaching({ user, mayWrite }: Props) {
  const { t } = useTranslation("personal");
  const personal = usePersonal(user);
  const change = useChangePersonal(user);
  return (
    <Loaded query={personal}>
      {({ settings, etag }) => (
        <Section title={t("reaching")} hint={t("reachingHint")}>
          <Switch
            label={t("doNotDisturb")}
            description={t("doNotDisturbHint")}
            checked={settings.do_not_disturb}
            disabled={!mayWrite || change.isPending}
            onChange={(event) =>
              change.mutate(
                { change: { do_not_disturb: event.currentTarget.checked } },
                {
                  onSuccess: (now) =>
                    notifyDone(t(now.settings.do_not_disturb ? "doNotDisturbOn" : "doNotDisturbOff")),
                  onError: notifyProblem,
                },
              )
            }
          />
          <Forwarding key={etag} user={user} settings={settings} etag={etag} mayWrite={mayWrite} />
        </Section>
      )}
    </Loaded>
  );
}

/** Somebody's mailbox: whether there is one, and how they get what is left in it. */
export function Mailbox({ user, mayWrite }: Props) {
  const { t } = useTranslation("personal");
  const personal = usePersonal(user);
  return (
    <Section title={t("voicemail")} hint={t("voicemailHint")}>
      <Loaded query={personal}>
        {({ settings, etag }) => (
          <Voicemail key={etag} user={user} settings={settings} etag={etag} mayWrite={mayWrite} />
        )}
      </Loaded>
    </Section>
  );
}
