import { Group, Text } from "@mantine/core";
import { IconPhone, IconUser, IconWorld } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LinkTo } from "@/ui/LinkTo";

interface Props {
  kind: "sip" | "web";
  /** A telephone's name or a login; empty: everybody. */
  user: string;
  /** An address; empty: from everywhere. */
  source: string;
  /** Of the company; shown, with a way to it, where the page is of the whole installation. */
  tenant: string;
  everywhere: boolean;
  names: Map<string, string>;
}

/** As whom somebody tried, and from where. */
export function Who({ kind, user, source, tenant, everywhere, names }: Props) {
  const { t } = useTranslation("security");
  const Icon = user === "" ? IconWorld : kind === "sip" ? IconPhone : IconUser;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Icon size={18} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <div style={{ minWidth: 0 }}>
        <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
          {user === "" ? t("anybody") : (names.get(user) ?? user)}
        </Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {t(`kinds.${kind}`)}
          {names.has(user) && ` ${user}`}
          {" · "}
          {source ? t("from", { source }) : t("fromEverywhere")}
        </Text>
        {everywhere && tenant && (
          <LinkTo to="/t/$tenant/security" params={{ tenant }} size="xs">
            {tenant}
          </LinkTo>
        )}
      </div>
    </Group>
  );
}
