import { Button, Group, Loader, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchRaw } from "@/api/client";
import { isProblem } from "@/api/problem";
import { useTenant } from "@/api/tenant";
import { AudioPlayer } from "@/ui/AudioPlayer";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { SoundCapture } from "@/ui/SoundCapture";
import { notifyDone } from "@/ui/saved";
import { Panel } from "./Panel";

const LONGEST = 120;

function useGreeting(user: string) {
  const tenant = useTenant();
  const client = useQueryClient();
  const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/users/${encodeURIComponent(user)}/greeting`;
  const queryKey = ["greeting", tenant, user];
  const now = useQuery({
    queryKey,
    queryFn: async (): Promise<Blob | null> => {
      try {
        return await (await fetchRaw(path)).blob();
      } catch (error) {
        if (isProblem(error, "default-greeting")) return null;
        throw error;
      }
    },
  });
  const put = useMutation({
    mutationFn: (wav: Blob | null) =>
      wav
        ? fetchRaw(path, { method: "PUT", body: wav, headers: { "Content-Type": "audio/wav" } })
        : fetchRaw(path, { method: "DELETE" }),
    onSuccess: () => client.invalidateQueries({ queryKey }),
  });
  return { now, put };
}

/** What callers hear before they leave a message: recorded here, from a file, or the usual words. */
export function Greeting({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const { now, put } = useGreeting(user);
  const [taken, setTaken] = useState<Blob>();
  const save = (wav: Blob | null) =>
    put.mutate(wav, {
      onSuccess: () => {
        setTaken(undefined);
        notifyDone(t(wav ? "greeting.saved" : "greeting.isDefault"), t("greeting.title"));
      },
    });
  return (
    <Panel title={t("greeting.title")} hint={t("greeting.hint")}>
      <Stack gap="sm">
        <ProblemAlert error={put.error ?? now.error} />
        {now.isPending && <Loader size="sm" />}
        {now.data === null && !taken && <Text size="sm">{t("greeting.isDefault")}</Text>}
        {now.data && !taken && (
          <>
            <AudioPlayer label={t("greeting.title")} source={now.data} />
            <Group>
              <Button variant="default" loading={put.isPending} onClick={() => save(null)}>
                {t("greeting.toDefault")}
              </Button>
            </Group>
          </>
        )}
        {taken && (
          <>
            <Text size="sm">{t("greeting.listen")}</Text>
            <AudioPlayer label={t("greeting.new")} source={taken} />
            <Group>
              <Button loading={put.isPending} onClick={() => save(taken)}>
                {t("greeting.use")}
              </Button>
              <Button variant="default" onClick={() => setTaken(undefined)}>
                {t("greeting.discard")}
              </Button>
            </Group>
          </>
        )}
        <SoundCapture onSound={setTaken} longest={LONGEST} />
      </Stack>
    </Panel>
  );
}
