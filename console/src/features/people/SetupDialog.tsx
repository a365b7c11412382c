import { Alert, Button, Group, Stack } from "@mantine/core";
import { modals } from "@mantine/modals";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { DeviceSetup, type Setup } from "@/features/personal/DeviceSetup";
import { CopyField } from "@/ui/CopyField";

export interface Shown {
  person: string;
  username: string;
  /** Empty: it was shown when it was made. */
  password: string;
  /** Null: there is nothing to scan. */
  setup: Setup | null;
  /** It waits in the draft. */
  drafted?: boolean;
}

/** How a telephone is set up: by a QR code, or by hand. What is secret is shown this once. */
export function showSetup(shown: Shown): void {
  const id = modals.open({
    title: i18next.t("setup.title", { ns: "people", name: shown.person }),
    size: "lg",
    closeOnClickOutside: false,
    children: <Told shown={shown} onClose={() => modals.close(id)} />,
  });
}

function Told({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { t } = useTranslation("people");
  const { setup, username, password, drafted } = shown;
  return (
    <Stack>
      {drafted && <Alert color="lamp">{t("setup.drafted")}</Alert>}
      {!setup && !drafted && <Alert color="lamp">{t("setup.noSetup")}</Alert>}
      {setup ? (
        <DeviceSetup setup={setup} password={password} />
      ) : (
        <CopyField label={t("setup.username")} value={username} />
      )}
      {password && (
        <CopyField label={t("setup.password")} description={t("setup.passwordHint")} value={password} />
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("setup.done")}</Button>
      </Group>
    </Stack>
  );
}
