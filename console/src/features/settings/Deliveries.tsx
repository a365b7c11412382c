import { Button, Code, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { instant, number } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { Status } from "@/ui/Status";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { FailureText } from "./FailureText";
import {
  type Delivery,
  type DeliveryState,
  eventKey,
  useDeliveries,
  useDelivery,
  useRedeliver,
  type Webhook,
} from "./webhooks";

const STATES = ["waiting", "delivered", "failed"] as const satisfies DeliveryState[];
const TONES = { waiting: "waiting", delivered: "good", failed: "bad" } as const;
const SECONDS: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "medium" };

/** Each message: how it went, how often it was tried, what was answered and how long that took. */
export function Deliveries({ webhook, may }: { webhook: Webhook; may: boolean }) {
  const { t } = useTranslation("settings");
  const reads = useMay("calls.read");
  const [state, setState] = useState<DeliveryState | null>(null);
  const [seen, setSeen] = useState<string | null>(null);
  const query = useDeliveries(webhook.id, state);
  const redeliver = useRedeliver(webhook.id);
  const again = (id: string) =>
    redeliver.mutate(id, { onSuccess: () => notifyDone(t("log.again")), onError: notifyProblem });
  const columns: Column<Delivery>[] = [
    { key: "what", header: t("log.what"), render: (one) => <What delivery={one} /> },
    { key: "state", header: t("log.state"), render: (one) => <HowItWent delivery={one} /> },
    { key: "attempts", header: t("log.attempts"), wide: true, render: (one) => number(one.attempts) },
    { key: "answer", header: t("log.answer"), wide: true, render: (one) => one.status ?? "—" },
    {
      key: "duration",
      header: t("log.duration"),
      wide: true,
      render: (one) =>
        one.seconds === null ? "—" : t("log.ms", { ms: number(Math.round(one.seconds * 1000)) }),
    },
    {
      key: "do",
      header: t("log.do"),
      align: "right",
      render: (one) => (
        <Group gap={4} justify="flex-end">
          {reads && (
            <Button size="compact-xs" variant="subtle" onClick={() => setSeen(one.id)}>
              {t("log.look")}
            </Button>
          )}
          {may && webhook.enabled && (
            <Button size="compact-xs" variant="subtle" onClick={() => again(one.id)}>
              {t("log.redeliver")}
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Section
      title={t("log.title")}
      hint={t("log.hint")}
      actions={
        <Select
          aria-label={t("log.only")}
          placeholder={t("all", { ns: "common" })}
          clearable
          clearButtonProps={{ "aria-label": t("all", { ns: "common" }) }}
          size="xs"
          data={STATES.map((one) => ({ value: one, label: t(`log.states.${one}`) }))}
          value={state}
          onChange={(next) => setState(next as DeliveryState | null)}
        />
      }
    >
      <Loaded query={query}>
        {({ pages }) => (
          <DataTable
            label={t("log.title")}
            columns={columns}
            rows={pages.flatMap((page) => page.items)}
            rowKey={(one) => one.id}
            more={{
              has: query.hasNextPage,
              loading: query.isFetchingNextPage,
              load: () => void query.fetchNextPage(),
            }}
            empty={
              <Text size="sm" c="dimmed">
                {t("log.empty")}
              </Text>
            }
          />
        )}
      </Loaded>
      <Modal
        opened={seen !== null}
        onClose={() => setSeen(null)}
        title={t("log.message")}
        size="lg"
        closeButtonProps={{ "aria-label": t("close", { ns: "common" }) }}
      >
        {seen && <Message webhook={webhook.id} id={seen} />}
      </Modal>
    </Section>
  );
}

function What({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("settings");
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {t(`event.${eventKey(delivery.event)}`)}
      </Text>
      <Text size="xs" c="dimmed">
        {instant(delivery.created_at, undefined, SECONDS)}
      </Text>
    </Stack>
  );
}

function HowItWent({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("settings");
  const { state, next_at, attempts, status, error } = delivery;
  return (
    <Stack gap={2}>
      <Status tone={TONES[state]}>{t(`log.states.${state}`)}</Status>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {state !== "delivered" && <FailureText status={status} error={error} />}
        {state === "waiting" && next_at && attempts > 0 && ` ${t("log.nextAt", { at: instant(next_at) })}`}
      </Text>
    </Stack>
  );
}

function Message({ webhook, id }: { webhook: string; id: string }) {
  const { t } = useTranslation("settings");
  const query = useDelivery(webhook, id);
  return (
    <Loaded query={query}>
      {(message) => (
        <Stack>
          <Text size="sm">{t("log.id", { id: message.id })}</Text>
          <Code block tabIndex={0} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {indented(message.body)}
          </Code>
        </Stack>
      )}
    </Loaded>
  );
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
