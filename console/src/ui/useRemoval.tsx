import { List, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { type Kind, useRemove } from "@/api/objects";
import { isProblem } from "@/api/problem";
import { ProblemAlert } from "./ProblemAlert";
import { useSaved } from "./saved";

interface Wanted {
  id: string;
  /** What people call it. */
  name: string;
  /** Of a user: their devices go, too. */
  withDevices?: boolean;
  /** What goes with it, a line each. */
  goes?: string[];
  onRemoved?: () => void;
}

/** Ask whether an object is to go; remove it, or say what depends on it. It can be undone afterwards. */
export function useRemoval(kind: Kind): (wanted: Wanted) => void {
  const { t } = useTranslation();
  const remove = useRemove(kind);
  const saved = useSaved();
  const refused = (error: unknown, name: string) =>
    modals.open({
      title: t(isProblem(error, "in-use") ? "inUse" : "problem", { name }),
      children: (
        <Stack>
          {isProblem(error, "in-use") && <Text size="sm">{t("inUseHint")}</Text>}
          <ProblemAlert error={error} />
        </Stack>
      ),
    });
  return ({ id, name, withDevices, goes, onRemoved }) =>
    modals.openConfirmModal({
      title: t("removeQuestion", { name }),
      children: (
        <Stack gap="xs">
          {goes && goes.length > 0 && (
            <>
              <Text size="sm">{t("removeWith")}</Text>
              <List size="sm">
                {goes.map((line) => (
                  <List.Item key={line}>{line}</List.Item>
                ))}
              </List>
            </>
          )}
          <Text size="sm">{t("removeHint")}</Text>
        </Stack>
      ),
      labels: { confirm: t("remove"), cancel: t("cancel") },
      confirmProps: { color: "red" },
      onConfirm: () =>
        remove.mutate(
          { id, ...(withDevices ? { withDevices } : {}) },
          {
            onSuccess: (outcome) => {
              saved(outcome);
              onRemoved?.();
            },
            onError: (error) => refused(error, name),
          },
        ),
    });
}
