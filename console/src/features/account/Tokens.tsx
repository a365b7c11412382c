import { Anchor, Button, Group, List, Modal, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "@/api/board";
import { date, instant } from "@/i18n/format";
import { CopyField } from "@/ui/CopyField";
import { DataTable } from "@/ui/DataTable";
import { Loaded } from "@/ui/Loaded";
import { Section } from "@/ui/Section";
import { notifyDone, notifyProblem } from "@/ui/saved";
import { type Token, useRemoveToken, useTokens } from "./own";
import { TokenForm } from "./TokenForm";

/** Keys by which programs act for me. */
export function Tokens() {
  const { t } = useTranslation("account");
  const tokens = useTokens();
  const remove = useRemoveToken();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const now = useNow();
  const ask = (token: Token) =>
    modals.openConfirmModal({
      title: t("removeToken", { name: token.name }),
      children: <Text size="sm">{t("removeTokenHint")}</Text>,
      labels: { confirm: t("remove", { ns: "common" }), cancel: t("cancel", { ns: "common" }) },
      confirmProps: { color: "red" },
      onConfirm: () =>
        remove.mutate(token.id, {
          onSuccess: () => notifyDone(t("tokenRemoved", { name: token.name })),
          onError: notifyProblem,
        }),
    });
  return (
    <Section
      title={t("tokens")}
      hint={
        <>
          {t("tokensHint")}{" "}
          <Anchor href="/api/v1/openapi.json" target="_blank" size="sm" underline="always">
            {t("apiDocument")}
          </Anchor>
        </>
      }
      actions={
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          {t("makeToken")}
        </Button>
      }
    >
      <Loaded query={tokens}>
        {(all) => (
          <DataTable
            label={t("tokens")}
            rows={all}
            rowKey={(token) => token.id}
            empty={
              <Text size="sm" c="dimmed">
                {t("noTokens")}
              </Text>
            }
            columns={[
              { key: "name", header: t("name", { ns: "common" }), render: (token) => token.name },
              {
                key: "scopes",
                header: t("scopesOf"),
                wide: true,
                render: (token) => <Scopes token={token} />,
              },
              {
                key: "expires",
                header: t("expires"),
                render: ({ expires_at: at }) =>
                  at ? (Date.parse(at) < now ? t("expired", { at: date(at) }) : date(at)) : t("noExpiry"),
              },
              {
                key: "used",
                header: t("used"),
                wide: true,
                render: (token) => instant(token.used_at) || t("neverUsed"),
              },
              {
                key: "remove",
                header: "",
                align: "right",
                render: (token) => (
                  <Button
                    variant="subtle"
                    size="xs"
                    color="red"
                    aria-label={`${t("remove", { ns: "common" })}: ${token.name}`}
                    onClick={() => ask(token)}
                  >
                    {t("remove", { ns: "common" })}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Modal opened={making} onClose={() => setMaking(false)} title={t("makeToken")} size="lg">
        <TokenForm
          onMade={(token) => {
            setMaking(false);
            setMade(token);
          }}
        />
      </Modal>
      <Modal
        opened={made !== null}
        onClose={() => setMade(null)}
        title={t("tokenMade")}
        size="lg"
        closeOnClickOutside={false}
      >
        <Stack>
          <Text size="sm">{t("tokenMadeHint")}</Text>
          <CopyField label={t("token")} value={made ?? ""} />
          <Group justify="flex-end">
            <Button onClick={() => setMade(null)}>{t("tokenKept")}</Button>
          </Group>
        </Stack>
      </Modal>
    </Section>
  );
}

function Scopes({ token }: { token: Token }) {
  const { t } = useTranslation("account");
  return (
    <List size="xs" spacing={2}>
      {token.scopes.map((scope) => (
        <List.Item key={scope}>{t(`scope.${scope}`, { defaultValue: scope })}</List.Item>
      ))}
    </List>
  );
}
