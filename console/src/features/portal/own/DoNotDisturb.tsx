import { useTranslation } from "react-i18next";
import { Panel } from "./Panel";
import { useChangePersonal, usePersonal } from "./settings";

/** Whether any telephone of the person rings at all. */
export function DoNotDisturb({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const settings = usePersonal(user);
  const change = useChangePersonal(user);
  return (
    <Panel
      title={t("dnd.title")}
      hint={t(settings.data?.do_not_disturb ? "dnd.on" : "dnd.off")}
      on={settings.data?.do_not_disturb ?? false}
      disabled={!settings.data}
      onSwitch={(on) => change.mutate({ do_not_disturb: on })}
    />
  );
}
