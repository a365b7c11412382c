import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import type { Stored } from "@/api/objects";
import type { Setup } from "@/features/personal/DeviceSetup";
import { useDeviceSetup, useNewDevicePassword } from "@/features/personal/devices";
import { notifyProblem } from "@/ui/saved";
import { showSetup } from "./SetupDialog";

/** Set up one more telephone with the password that there is, or make a new password. */
export function usePhoneSetup(person: { id: string; name: string }) {
  const { t } = useTranslation("people");
  const setUp = useDeviceSetup();
  const renewal = useNewDevicePassword();
  const told = {
    onSuccess: (setup: Setup) =>
      showSetup({ person: person.name, username: setup.username, password: setup.password, setup }),
    onError: notifyProblem,
  };
  const of = (device: Stored<"device">) => ({ user: person.id, device: device.id });
  return {
    pending: setUp.isPending || renewal.isPending,
    show: (device: Stored<"device">) => setUp.mutate(of(device), told),
    renew: (device: Stored<"device">, name: string) =>
      modals.openConfirmModal({
        title: t("renewQuestion", { name }),
        children: <Text size="sm">{t("renewHint")}</Text>,
        labels: { confirm: t("renewPassword"), cancel: t("cancel", { ns: "common" }) },
        onConfirm: () => renewal.mutate(of(device), told),
      }),
  };
}
