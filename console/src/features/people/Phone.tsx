import { ActionIcon, Box, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconKey, IconPencil, IconQrcode, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Board, useNow } from "@/api/board";
import type { Stored } from "@/api/objects";
import { useMay } from "@/api/session";
import { relative } from "@/i18n/format";
import { Status } from "@/ui/Status";
import { useRemoval } from "@/ui/useRemoval";
import { DeviceDialog } from "./DeviceDialog";
import { hostOf, known, registrationsOf } from "./phones";
import { usePhoneSetup } from "./usePhoneSetup";

interface Props {
  person: Stored<"user">;
  device: Stored<"device">;
  board: Board | null;
}

/** One telephone: whether it can be rung, where it is, and what can be done with it. */
export function Phone({ person, device, board }: Props) {
  const { t } = useTranslation("people");
  const mayWrite = useMay("config.write");
  const remove = useRemoval("device");
  const setup = usePhoneSetup(person);
  const [changing, { open, close }] = useDisclosure(false);
  const name = device.name || device.username || device.id;
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Box style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {t("sipUser", { username: device.username ?? "" })}
          </Text>
        </Box>
        {mayWrite && (
          <Menu position="bottom-end" width={230}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t("managePhone", { name })}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} />} onClick={open}>
                {t("changePhone")}
              </Menu.Item>
              <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setup.renew(device, name)}>
                {t("renewPassword")}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={16} />}
                onClick={() => remove({ id: device.id, name })}
              >
                {t("removePhone")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <Places device={device} board={board} />
      {mayWrite && (
        <Box>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconQrcode size={16} />}
            loading={setup.pending}
            onClick={() => setup.show(device)}
          >
            {t("setUpPhone")}
          </Button>
        </Box>
      )}
      <DeviceDialog key={String(changing)} device={device} opened={changing} onClose={close} />
    </Stack>
  );
}

/** Where it has registered, a line each. */
function Places({ device, board }: { device: Stored<"device">; board: Board | null }) {
  const { t } = useTranslation("people");
  const now = useNow();
  if (!known(board)) return <Status tone="waiting">{t("phone.unknown")}</Status>;
  const places = registrationsOf(device, board);
  if (places.length === 0) return <Status tone="bad">{t("phone.notRegistered")}</Status>;
  return places.map((place) => (
    <Box key={place.contact}>
      <Status tone="good">{place.user_agent || t("phone.reachable")}</Status>
      <Text size="xs" c="dimmed" ml={24}>
        {[
          t("phoneAt", { address: hostOf(place.address) }),
          place.since ? t("phoneSince", { when: relative(place.since, now) }) : "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
    </Box>
  ));
}
