import { Alert, Anchor, Button, Grid, Group, Stack, Text, Title } from "@mantine/core";
import { modals } from "@mantine/modals";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { time } from "@/i18n/format";
import { CopyField } from "@/ui/CopyField";
import { QrCode } from "@/ui/QrCode";

export type DeviceSetup = components["schemas"]["DeviceSetup"];

export interface Shown {
  person: string;
  username: string;
  /** Empty: it was shown when it was made. */
  password: string;
  /** Null: there is nothing to scan. */
  setup: DeviceSetup | null;
  /** It waits in the draft. */
  drafted?: boolean;
}

/** How a telephone is set up: by a QR code, or by hand. What is secret is shown this once. */
export function showSetup(shown: Shown): void {
  const id = modals.open({
    title: i18next.t("setup.title", { ns: "people", name: shown.person }),
    size: "xl",
    closeOnClickOutside: false,
    children: <Setup shown={shown} onClose={() => modals.close(id)} />,
  });
}

function Setup({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { t } = useTranslation("people");
  const { setup, username, password, drafted } = shown;
  return (
    <Stack>
      {drafted && <Alert color="lamp">{t("setup.drafted")}</Alert>}
      <Grid gap="xl">
        {setup && (
          <Grid.Col span={{ base: 12, sm: 5 }}>
            <Stack gap="sm" align="flex-start">
              <Title order={3} size="h5">
                {t("setup.scan")}
              </Title>
              <Text size="sm">{t("setup.scanHint")}</Text>
              <QrCode text={setup.qr} label={t("setup.qr")} size={200} />
              <Text size="xs" c="dimmed">
                {t("setup.until", { at: time(setup.expires_at) })}
              </Text>
            </Stack>
          </Grid.Col>
        )}
        <Grid.Col span={{ base: 12, sm: setup ? 7 : 12 }}>
          <Stack gap="sm">
            <Title order={3} size="h5">
              {t(setup ? "setup.byHand" : "setup.byHandOnly")}
            </Title>
            <Text size="sm">{t("setup.byHandHint")}</Text>
            {setup && (
              <CopyField
                label={t("setup.server")}
                description={t("setup.serverHint", { transport: setup.transport.toUpperCase() })}
                value={`${setup.server}:${setup.port}`}
              />
            )}
            <CopyField label={t("setup.username")} value={username} />
            {password ? (
              <CopyField label={t("setup.password")} description={t("setup.passwordHint")} value={password} />
            ) : (
              <Text size="sm" c="dimmed">
                {t("setup.passwordBefore")}
              </Text>
            )}
          </Stack>
        </Grid.Col>
      </Grid>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t("setup.which")}{" "}
          <Anchor href="https://www.linphone.org/" target="_blank" rel="noreferrer" size="sm">
            Linphone
          </Anchor>
        </Text>
        <Button onClick={onClose}>{t("setup.done")}</Button>
      </Group>
    </Stack>
  );
}
