import { Button, Modal, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { useShowSecret } from "./SecretShown";
import { WebhookForm } from "./WebhookForm";
import { WebhookState } from "./WebhookState";
import { eventKey, useAddWebhook, useWebhooks, type Webhook, type WebhookFields } from "./webhooks";

const FRESH: WebhookFields = { name: "", url: "", events: ["call.ended"], enabled: true };

/** What the company is told of its calls, and where. */
export function WebhooksPage() {
  const { t } = useTranslation("settings");
  const may = useMayHook();
  const [adding, { open, close }] = useDisclosure(false);
  const webhooks = useWebhooks();
  const add = may && (
    <Button leftSection={<IconPlus size={18} />} onClick={open}>
      {t("hook.new")}
    </Button>
  );
  return (
    <Page title={t("places.webhooks")} intro={t("hook.intro")} actions={add}>
      <Loaded query={webhooks}>
        {(rows) => (
          <DataTable
            label={t("places.webhooks")}
            rows={rows}
            rowKey={(one) => one.id}
            empty={
              <EmptyState icon={IconWebhook} title={t("hook.emptyTitle")} action={add}>
                {t("hook.empty")}
              </EmptyState>
            }
            columns={[
              { key: "name", header: t("hook.where"), render: (one) => <Name webhook={one} /> },
              {
                key: "events",
                header: t("hook.events"),
                wide: true,
                render: (one) => <Events webhook={one} />,
              },
              { key: "state", header: t("hook.state"), render: (one) => <WebhookState webhook={one} /> },
              {
                key: "delivered",
                header: t("hook.deliveredAt"),
                wide: true,
                render: (one) => instant(one.delivered_at) || t("hook.never"),
              },
            ]}
          />
        )}
      </Loaded>
      <Modal
        opened={adding}
        onClose={close}
        title={t("hook.new")}
        size="lg"
        closeButtonProps={{ "aria-label": t("close", { ns: "common" }) }}
      >
        <AddWebhook onDone={close} />
      </Modal>
    </Page>
  );
}

/** A webhook hands calls on: who makes one must be allowed to read them. */
export function useMayHook(): boolean {
  const writes = useMay("config.write");
  const reads = useMay("calls.read");
  return writes && reads;
}

function AddWebhook({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation("settings");
  const tenant = useTenant();
  const navigate = useNavigate();
  const add = useAddWebhook();
  const showSecret = useShowSecret();
  const submit = async (fields: WebhookFields) => {
    const { id, secret } = await add.mutateAsync(fields);
    onDone();
    await navigate({ to: "/t/$tenant/settings/webhooks/$webhook", params: { tenant, webhook: id } });
    showSecret(secret);
  };
  return (
    <WebhookForm
      initial={FRESH}
      submitLabel={t("hook.create")}
      onSubmit={submit}
      error={add.error}
      pending={add.isPending}
    />
  );
}

function Name({ webhook }: { webhook: Webhook }) {
  const tenant = useTenant();
  return (
    <>
      <LinkTo
        to="/t/$tenant/settings/webhooks/$webhook"
        params={{ tenant, webhook: webhook.id }}
        fw={600}
        style={{ overflowWrap: "anywhere" }}
      >
        {webhook.name || webhook.url}
      </LinkTo>
      {webhook.name && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {webhook.url}
        </Text>
      )}
    </>
  );
}

function Events({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("settings");
  return <Text size="sm">{webhook.events.map((event) => t(`event.${eventKey(event)}`)).join(", ")}</Text>;
}
