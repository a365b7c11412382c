import { ActionIcon, Badge, Button, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconMail, IconMailOpened, IconMessageOff, IconPhone, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { AudioPlayer } from "@/ui/AudioPlayer";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { notifyProblem } from "@/ui/saved";
import { useStartCall } from "./calling";
import { audioOf, type Message, useDeleteMessage, useMarkMessage, useMessages } from "./messages";
import { useDirectory } from "./own/settings";
import { spelled } from "./own/target";

/** The messages in a person's mailbox, newest first. */
export function Messages({ user }: { user: string }) {
  const { t } = useTranslation("portal");
  const messages = useMessages(user);
  return (
    <Loaded query={messages}>
      {({ pages }) => {
        const all = pages.flatMap((page) => page.items);
        if (all.length === 0) {
          return (
            <EmptyState icon={IconMessageOff} title={t("messages.none")}>
              {t("messages.noneHint")}
            </EmptyState>
          );
        }
        return (
          <Stack gap="sm">
            {all.map((message) => (
              <One key={message.id} message={message} />
            ))}
            {messages.hasNextPage && (
              <Button
                variant="default"
                loading={messages.isFetchingNextPage}
                onClick={() => void messages.fetchNextPage()}
              >
                {t("more", { ns: "common" })}
              </Button>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function One({ message }: { message: Message }) {
  const { t } = useTranslation("portal");
  const tenant = useTenant();
  const people = useDirectory().data ?? [];
  const mark = useMarkMessage();
  const remove = useDeleteMessage();
  const start = useStartCall();
  const who = message.caller_name || spelled(message.caller, people) || t("withheld");
  const when = instant(message.at);
  const ask = () =>
    modals.openConfirmModal({
      title: t("messages.deleteQuestion"),
      children: <Text size="sm">{t("messages.deleteHint", { who, when })}</Text>,
      labels: { confirm: t("remove", { ns: "common" }), cancel: t("cancel", { ns: "common" }) },
      confirmProps: { color: "red" },
      onConfirm: () => remove.mutate(message, { onError: notifyProblem }),
    });
  const turn = (heard: boolean) => mark.mutate({ message, heard }, { onError: notifyProblem });
  return (
    <Paper withBorder p="md" component="article" aria-label={t("messages.from", { who, when })}>
      <Group justify="space-between" wrap="nowrap" mb="xs" align="flex-start">
        <div>
          <Group gap="xs">
            <Text fw={message.heard ? 500 : 700}>{who}</Text>
            {!message.heard && (
              <Badge color="lamp" variant="dot" tt="none">
                {t("messages.new")}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {[message.caller_name && message.caller, when].filter(Boolean).join(" · ")}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          {message.caller && (
            <Tooltip label={t("callBack")}>
              <ActionIcon
                variant="subtle"
                size="lg"
                aria-label={t("callTo", { who })}
                onClick={() => start.mutate(message.caller, { onError: notifyProblem })}
              >
                <IconPhone size={18} />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={t(message.heard ? "messages.markNew" : "messages.markHeard")}>
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={t(message.heard ? "messages.markNew" : "messages.markHeard")}
              onClick={() => turn(!message.heard)}
            >
              {message.heard ? <IconMail size={18} /> : <IconMailOpened size={18} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label={t("remove", { ns: "common" })}>
            <ActionIcon
              variant="subtle"
              color="red"
              size="lg"
              aria-label={t("messages.delete", { who, when })}
              onClick={ask}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <AudioPlayer
        label={t("messages.from", { who, when })}
        source={audioOf(tenant, message)}
        seconds={message.duration}
        download={`${message.id}.wav`}
        onPlay={() => !message.heard && turn(true)}
      />
    </Paper>
  );
}
