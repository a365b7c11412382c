import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconDeviceMobile, IconKey, IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { useDevices, useNewDevicePassword } from "@/features/personal/devices";
import { useSetupDialog } from "@/features/personal/useSetupDialog";
import { instant } from "@/i18n/format";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { notifyProblem } from "@/ui/saved";
import { Panel } from "./Panel";

type Device = components["schemas"]["OwnDevice"];

/** A person's telephones: whether each is there, and how to set up another with its account. */
export function Devices({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const devices = useDevices(user);
  return (
    <Loaded query={devices}>
      {(all) =>
        all.length === 0 ? (
          <EmptyState icon={IconPhone} title={t("devices.none")}>
            {t("devices.noneHint")}
          </EmptyState>
        ) : (
          <Stack>
            {all.map((device) => (
              <One key={device.id} user={user} device={device} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function One({ user, device }: { user: string; device: Device }) {
  const { t } = useTranslation("portal");
  const dialog = useSetupDialog();
  const renew = useNewDevicePassword();
  const ask = () =>
    modals.openConfirmModal({
      title: t("devices.newPassword"),
      children: <Text size="sm">{t("devices.newPasswordHint")}</Text>,
      labels: { confirm: t("devices.newPassword"), cancel: t("cancel", { ns: "common" }) },
      onConfirm: () =>
        renew.mutate(
          { user, device: device.id },
          { onSuccess: (setup) => dialog.show(setup), onError: notifyProblem },
        ),
    });
  return (
    <Panel title={device.name || device.id} hint={t("devices.account", { username: device.username })}>
      <State device={device} />
      <Group>
        <Button
          variant="light"
          leftSection={<IconDeviceMobile size={18} />}
          loading={dialog.asking === device.id}
          onClick={() => dialog.ask(user, device.id)}
        >
          {t("devices.setUp")}
        </Button>
        <Button variant="default" leftSection={<IconKey size={18} />} loading={renew.isPending} onClick={ask}>
          {t("devices.newPassword")}
        </Button>
      </Group>
    </Panel>
  );
}

function State({ device }: { device: Device }) {
  const { t } = useTranslation("portal");
  if (device.registered === null)
    return (
      <Badge color="gray" variant="dot" tt="none">
        {t("devices.unknown")}
      </Badge>
    );
  if (!device.registered) {
    return (
      <Group gap="sm">
        <Badge color="gray" variant="dot" tt="none" size="lg">
          {t("devices.away")}
        </Badge>
      </Group>
    );
  }
  return (
    <Stack gap={6}>
      {device.contacts.map((contact) => (
        <Group key={contact.address} gap="sm">
          <Badge color="teal" variant="dot" tt="none" size="lg">
            {t("devices.here")}
          </Badge>
          <Text size="sm">
            {[
              contact.user_agent || t("devices.noName"),
              contact.address,
              contact.since && t("devices.since", { when: instant(contact.since) }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
