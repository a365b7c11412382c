import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** Nobody loses unsaved changes by a click on something else. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation("flows");
  const blocker = useBlocker({
    shouldBlockFn: () => dirty,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Modal opened onClose={blocker.reset} title={t("leaveTitle")}>
      <Stack>
        <Text>{t("leave")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={blocker.proceed}>
            {t("leaveYes")}
          </Button>
          <Button data-autofocus onClick={blocker.reset}>
            {t("leaveNo")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
