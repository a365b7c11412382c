import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { configurationChanged, type Stored } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { notifyProblem } from "@/ui/saved";
import { type DeviceSetup, showSetup } from "./SetupDialog";

/** Set up one more telephone with the password that there is, or make a new password. */
export function usePhoneSetup(person: { id: string; name: string }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const client = useQueryClient();
  const tell = (setup: DeviceSetup) =>
    showSetup({ person: person.name, username: setup.username, password: setup.password, setup });
  const params = (device: string) => ({ params: { path: { tenant, id: person.id, device } } });
  const show = useMutation({
    mutationFn: (device: string) =>
      call(api.POST("/api/v1/tenants/{tenant}/users/{id}/devices/{device}/setup", params(device))),
    onSuccess: tell,
    onError: notifyProblem,
  });
  const renew = useMutation({
    mutationFn: (device: string) =>
      call(api.POST("/api/v1/tenants/{tenant}/users/{id}/devices/{device}/password", params(device))),
    onSuccess: (setup) => {
      tell(setup);
      return configurationChanged(client, tenant);
    },
    onError: notifyProblem,
  });
  return {
    pending: show.isPending || renew.isPending,
    show: (device: Stored<"device">) => show.mutate(device.id),
    renew: (device: Stored<"device">, name: string) =>
      modals.openConfirmModal({
        title: t("renewQuestion", { name }),
        children: <Text size="sm">{t("renewHint")}</Text>,
        labels: { confirm: t("renewPassword"), cancel: t("cancel", { ns: "common" }) },
        onConfirm: () => renew.mutate(device.id),
      }),
  };
}
