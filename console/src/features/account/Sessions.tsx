import { Box, Button, Divider, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNow } from "@/api/board";
import { instant, relative } from "@/i18n/format";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { browserName } from "./browser";
import { type OwnSession, useEndSession, useSessions } from "./own";

/** Where I have signed in. */
export function Sessions() {
  const { t } = useTranslation("account");
  const sessions = useSessions();
  const end = useEndSession();
  const endNow = (session: string | null) =>
    end.mutate(session, {
      onSuccess: () => notifyDone(t(session === null ? "othersEnded" : "sessionEnded")),
      onError: notifyProblem,
    });
  const several = (sessions.data?.length ?? 0) > 1;
  return (
    <Section
      title={t("sessions")}
      hint={t("sessionsHint")}
      actions={
        several && (
          <Button variant="default" size="xs" loading={end.isPending} onClick={() => endNow(null)}>
            {t("endOthers")}
          </Button>
        )
      }
    >
      <Loaded query={sessions}>
        {(all) => (
          <Stack gap="sm">
            {all.map((session, index) => (
              <Box key={session.id}>
                {index > 0 && <Divider mb="sm" />}
                <One session={session} onEnd={() => endNow(session.id)} />
              </Box>
            ))}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

function One({ session, onEnd }: { session: OwnSession; onEnd: () => void }) {
  const { t } = useTranslation("account");
  const now = useNow();
  const name = browserName(session.agent) || t("someBrowser");
  return (
    <Group justify="space-between" wrap="nowrap">
      <Box>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {t("sessionFrom", { source: session.source, at: instant(session.created_at) })}
        </Text>
        <Text size="xs" c="dimmed">
          {session.this ? t("thisSession") : t("sessionSeen", { when: relative(session.seen_at, now) })}
        </Text>
      </Box>
      {!session.this && (
        <Button
          variant="subtle"
          size="xs"
          color="red"
          onClick={onEnd}
          aria-label={`${t("endSession")}: ${name}`}
        >
          {t("endSession")}
        </Button>
      )}
    </Group>
  );
}
