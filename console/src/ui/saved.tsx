/** What is said after a change: the version that it made, or that it waits in the draft; and a way back. */
import { Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useCallback } from "react";
import { api, call } from "@/api/client";
import { configurationChanged, type Outcome } from "@/api/objects";
import { wordsOf } from "@/api/problem";
import { useTenant } from "@/api/tenant";

/** What closes a message says so to who does not see its cross. */
function closing() {
  return { closeButtonProps: { "aria-label": i18next.t("close") } };
}

export function notifyDone(message: string, title?: string): void {
  notifications.show({ ...closing(), color: "teal", title, message });
}

export function notifyProblem(error: unknown): void {
  notifications.show({
    ...closing(),
    color: "red",
    title: i18next.t("problem"),
    message: wordsOf(error),
    autoClose: 10_000,
  });
}

/** Say what came of a change. It can be undone as long as it is the newest version. */
export function useSaved(): (outcome: Outcome) => void {
  const tenant = useTenant();
  const client = useQueryClient();
  return useCallback((outcome) => tell(outcome, tenant, client), [tenant, client]);
}

function tell(outcome: Outcome, tenant: string, client: QueryClient): void {
  if (outcome.drafted) {
    notifications.show({
      ...closing(),
      color: "lamp",
      title: i18next.t("savedInDraft"),
      message: i18next.t("savedInDraftHint"),
    });
    return;
  }
  if (!outcome.published) {
    notifications.show({ ...closing(), message: i18next.t("nothingChanged") });
    return;
  }
  const warnings = outcome.findings.filter((finding) => finding.severity !== "hint");
  const id = notifications.show({
    ...closing(),
    color: warnings.length ? "lamp" : "teal",
    title: i18next.t("saved", { version: outcome.version }),
    autoClose: 9000,
    message: (
      <Stack gap="xs" align="flex-start">
        {warnings.length > 0 && (
          <Text size="sm">{i18next.t("savedWithFindings", { count: warnings.length })}</Text>
        )}
        {outcome.version > 1 && (
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => void undo(id, outcome.version, tenant, client)}
          >
            {i18next.t("undo")}
          </Button>
        )}
      </Stack>
    ),
  });
}

async function undo(
  notification: string,
  version: number,
  tenant: string,
  client: QueryClient,
): Promise<void> {
  notifications.hide(notification);
  try {
    await call(
      api.POST("/api/v1/tenants/{tenant}/versions/{number}/rollback", {
        params: {
          path: { tenant, number: version - 1 },
          query: { comment: i18next.t("undoComment", { version }) },
        },
      }),
    );
    await configurationChanged(client, tenant);
    notifyDone(i18next.t("undone"));
  } catch (error) {
    notifyProblem(error);
  }
}
