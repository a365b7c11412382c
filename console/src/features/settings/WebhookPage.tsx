import { Alert, Badge, Button, Group, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { modals } from "@mantine/modals";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { Section } from "@/ui/Section";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { Deliveries } from "./Deliveries";
import { FailureText } from "./FailureText";
import { useShowSecret } from "./SecretShown";
import { Signature } from "./Signature";
import { WebhookForm } from "./WebhookForm";
import { WebhookState } from "./WebhookState";
import { useMayHook } from "./WebhooksPage";
import {
  eventKey,
  useChangeWebhook,
  useRemoveWebhook,
  useRenewSecret,
  useTestWebhook,
  useWebhook,
  type Webhook,
  type WebhookFields,
} from "./webhooks";

/** One webhook: whether its messages arrive, each of them, and how the receiver tells that they are ours. */
export function WebhookPage() {
  const { webhook = "" } = useParams({ strict: false });
  const query = useWebhook(webhook);
  return <Loaded query={query}>{({ data, etag }) => <Shown webhook={data} etag={etag} />}</Loaded>;
}

interface Props {
  webhook: Webhook;
  etag: string;
}

function Shown({ webhook, etag }: Props) {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const may = useMayHook();
  return (
    <Page
      title={webhook.name || t("hook.one")}
      intro={<span style={{ overflowWrap: "anywhere" }}>{webhook.url}</span>}
      actions={may && <Actions webhook={webhook} etag={etag} />}
    >
      <Text size="sm" mt={-12}>
        <LinkTo to="/t/$tenant/settings/webhooks" params={{ tenant }}>
          ← {t("places.webhooks")}
        </LinkTo>
      </Text>
      {webhook.state === "failing" && (
        <Alert
          color="red"
          icon={<IconAlertTriangle />}
          title={t("hook.failingSince", { at: instant(webhook.failing_since) })}
        >
          <FailureText status={null} error={webhook.error} /> {t("hook.failingHint")}
        </Alert>
      )}
      {webhook.dropped > 0 && (
        <Alert
          color="lamp"
          icon={<IconAlertTriangle />}
          title={t("hook.dropped", { count: webhook.dropped })}
        >
          {t("hook.droppedHint")}
        </Alert>
      )}
      <Section title={t("hook.what")}>
        <WebhookState webhook={webhook} />
        <Group gap="xs">
          {webhook.events.map((event) => (
            <Badge key={event} variant="light" tt="none">
              {t(`event.${eventKey(event)}`)}
            </Badge>
          ))}
        </Group>
      </Section>
      <Deliveries webhook={webhook} may={may} />
      <Signature />
    </Page>
  );
}

function Actions({ webhook, etag }: Props) {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const navigate = useNavigate();
  const [changing, { open, close }] = useDisclosure(false);
  const test = useTestWebhook(webhook.id);
  const renew = useRenewSecret(webhook.id);
  const remove = useRemoveWebhook(webhook.id);
  const showSecret = useShowSecret();
  const ask = (what: "secret" | "remove", act: () => void) =>
    modals.openConfirmModal({
      title: t(`hook.ask.${what}`),
      children: <Text size="sm">{t(`hook.askHint.${what}`)}</Text>,
      labels: { confirm: t(`hook.askYes.${what}`), cancel: t("cancel", { ns: "common" }) },
      ...(what === "remove" ? { confirmProps: { color: "red" } } : {}),
      onConfirm: act,
    });
  const renewed = () =>
    renew.mutate(undefined, {
      onSuccess: ({ secret }) => showSecret(secret, true),
      onError: notifyProblem,
    });
  const removed = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        notifyDone(t("hook.removed"));
        void navigate({ to: "/t/$tenant/settings/webhooks", params: { tenant } });
      },
      onError: notifyProblem,
    });
  return (
    <>
      <Button
        loading={test.isPending}
        disabled={!webhook.enabled}
        onClick={() =>
          test.mutate(undefined, {
            onSuccess: () => notifyDone(t("hook.tested")),
            onError: notifyProblem,
          })
        }
      >
        {t("hook.test")}
      </Button>
      <Button variant="default" onClick={open}>
        {t("change", { ns: "common" })}
      </Button>
      <Button variant="default" loading={renew.isPending} onClick={() => ask("secret", renewed)}>
        {t("hook.renew")}
      </Button>
      <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => ask("remove", removed)}>
        {t("remove", { ns: "common" })}
      </Button>
      <Modal
        opened={changing}
        onClose={close}
        title={t("hook.change")}
        size="lg"
        closeButtonProps={{ "aria-label": t("close", { ns: "common" }) }}
      >
        <ChangeWebhook webhook={webhook} etag={etag} onDone={close} />
      </Modal>
    </>
  );
}

function ChangeWebhook({ webhook, etag, onDone }: Props & { onDone: () => void }) {
  const { t } = useTranslation("settings");
  const change = useChangeWebhook(webhook.id);
  const { name, url, enabled } = webhook;
  const events = webhook.events.filter((event) => event !== "webhook.test");
  const submit = async (fields: WebhookFields) => {
    await change.mutateAsync({ fields, etag });
    onDone();
    notifyDone(t("hook.changed"));
  };
  return (
    <WebhookForm
      initial={{ name, url, enabled, events }}
      submitLabel={t("save", { ns: "common" })}
      onSubmit={submit}
      error={change.error}
      pending={change.isPending}
    />
  );
}
