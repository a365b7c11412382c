import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { notifyProblem } from "@/ui/saved";
import { DeviceSetup, type Setup } from "./DeviceSetup";
import { useDeviceSetup } from "./devices";

/** Show how a telephone gets its account. `password`: where it was made just now and is still known. */
export function useSetupDialog() {
  const { t } = useTranslation("personal");
  const setUp = useDeviceSetup();
  const show = (setup: Setup, password = "") =>
    modals.open({
      title: t("setup.title", { name: setup.name }),
      size: "lg",
      children: <DeviceSetup setup={setup} password={password} />,
    });
  const ask = (user: string, device: string, password = "") =>
    setUp.mutate({ user, device }, { onSuccess: (setup) => show(setup, password), onError: notifyProblem });
  return { ask, show, asking: setUp.isPending ? setUp.variables?.device : undefined };
}
