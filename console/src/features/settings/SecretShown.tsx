import { Button, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { CopyField } from "@/ui/CopyField";

/** Show a webhook's secret, this once. `renewed`: the one before signs beside it for a day. */
export function useShowSecret(): (secret: string, renewed?: boolean) => void {
  const { t } = useTranslation("settings");
  return (secret, renewed = false) => {
    const id = modals.open({
      title: t("hook.secretTitle"),
      closeOnClickOutside: false,
      size: "lg",
      closeButtonProps: { "aria-label": t("close", { ns: "common" }) },
      children: <SecretShown secret={secret} renewed={renewed} onClose={() => modals.close(id)} />,
    });
  };
}

interface Props {
  secret: string;
  renewed: boolean;
  onClose: () => void;
}

function SecretShown({ secret, renewed, onClose }: Props) {
  const { t } = useTranslation("settings");
  return (
    <Stack>
      <Text size="sm">{t("hook.secretHint")}</Text>
      <CopyField label={t("hook.secret")} value={secret} />
      {renewed && <Text size="sm">{t("hook.secretRenewed")}</Text>}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("hook.secretTaken")}</Button>
      </Group>
    </Stack>
  );
}
