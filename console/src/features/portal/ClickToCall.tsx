import { Alert, Button, Group, Loader, Text } from "@mantine/core";
import { IconPhone, IconPhoneOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { isProblem, wordsOf } from "@/api/problem";
import { useTenant } from "@/api/tenant";
import { notifyProblem } from "@/ui/saved";
import { follow, type Started, useHangUp, useStartCall, useStarted } from "./calling";
import { Panel } from "./own/Panel";
import { useDirectory } from "./own/settings";
import { TargetInput } from "./own/TargetInput";
import { dialled, spelled } from "./own/target";
import { stageOf } from "./sorts";

/** Call somebody from the browser: my telephone rings first, then theirs. */
export function ClickToCall() {
  const { t } = useTranslation("portal");
  const [text, setText] = useState("");
  const start = useStartCall();
  const started = useStarted();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(dialled(text), { onSuccess: () => setText("") });
  };
  return (
    <Panel title={t("call.title")} hint={t("call.hint")}>
      {started ? (
        <Going started={started} />
      ) : (
        <form onSubmit={submit}>
          <Group align="flex-start" gap="xs">
            <TargetInput
              aria-label={t("call.number")}
              placeholder={t("call.number")}
              style={{ flex: "1 1 11rem" }}
              error={isProblem(start.error) ? wordsOf(start.error) : null}
              value={text}
              onChange={setText}
            />
            <Button
              type="submit"
              leftSection={<IconPhone size={18} />}
              loading={start.isPending}
              disabled={dialled(text) === ""}
            >
              {t("call.call")}
            </Button>
          </Group>
        </form>
      )}
    </Panel>
  );
}

/** How far the call is, second by second. */
function useProgress(id: string) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["live-calls", tenant, id],
    queryFn: async () => {
      const calls = await call(
        api.GET("/api/v1/tenants/{tenant}/live/calls", { params: { path: { tenant } } }),
      );
      return calls.find((one) => one.id === id) ?? null;
    },
    refetchInterval: ({ state }) => (state.data === null ? false : 1000),
    gcTime: 0,
  });
}

function Going({ started }: { started: Started }) {
  const { t } = useTranslation("portal");
  const people = useDirectory().data ?? [];
  const progress = useProgress(started.id);
  const hangUp = useHangUp();
  const over = progress.data === null;
  useEffect(() => {
    if (!over) return;
    const timer = setTimeout(() => follow(null), 4000);
    return () => clearTimeout(timer);
  }, [over]);
  const who = spelled(started.number, people);
  const state = over ? "over" : progress.data ? stageOf(progress.data) : "mine";
  return (
    <Alert color={over ? "gray" : "teal"} icon={over ? <IconPhoneOff /> : <IconPhone />} aria-live="polite">
      <Group justify="space-between">
        <Group gap="xs">
          {!over && state !== "talking" && <Loader size="xs" />}
          <Text size="sm">{t(`call.state.${state}`, { who })}</Text>
        </Group>
        {!over && (
          <Button
            color="red"
            variant="light"
            size="xs"
            leftSection={<IconPhoneOff size={16} />}
            loading={hangUp.isPending}
            onClick={() => hangUp.mutate(started.id, { onError: notifyProblem })}
          >
            {t("call.hangUp")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
