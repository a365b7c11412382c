import { Accordion, List, SimpleGrid, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { time } from "@/i18n/format";
import { CopyField } from "@/ui/CopyField";
import { QrCode } from "@/ui/QrCode";

export type Setup = components["schemas"]["DeviceSetup"];

/** How a telephone gets this account: by a QR code that is good once, or by hand. */
export function DeviceSetup({ setup, password }: { setup: Setup; password?: string }) {
  const { t } = useTranslation("personal");
  const secret = setup.password || password || "";
  return (
    <Stack>
      <List type="ordered" size="sm" spacing={4}>
        <List.Item>{t("setup.install")}</List.Item>
        <List.Item>{t("setup.scan")}</List.Item>
        <List.Item>{t("setup.test")}</List.Item>
      </List>
      <Stack align="center" gap="xs">
        <QrCode text={setup.qr} label={t("setup.qrFor", { name: setup.name })} />
        <Text size="xs" c="dimmed" ta="center">
          {t("setup.once", { time: time(setup.expires_at) })}
        </Text>
      </Stack>
      <Accordion variant="contained">
        <Accordion.Item value="hand">
          <Accordion.Control>{t("setup.byHand")}</Accordion.Control>
          <Accordion.Panel>
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {t("setup.byHandHint")}
              </Text>
              <SimpleGrid cols={{ base: 1, xs: 2 }}>
                <CopyField label={t("setup.server")} value={serverOf(setup)} />
                <CopyField label={t("setup.user")} value={setup.username} />
                {secret && <CopyField label={t("setup.password")} value={secret} />}
                <CopyField label={t("setup.transport")} value={setup.transport.toUpperCase()} />
              </SimpleGrid>
              {!secret && (
                <Text size="sm" c="dimmed">
                  {t("setup.noPassword")}
                </Text>
              )}
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

/** `host:port`, as most telephones take it; the usual port is not said. */
export function serverOf({ server, port }: Setup): string {
  const host = server.includes(":") ? `[${server}]` : server;
  return port === 5060 ? host : `${host}:${port}`;
}
