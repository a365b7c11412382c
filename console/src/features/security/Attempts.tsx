import { Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { instant } from "@/i18n/format";
import { DataTable } from "@/ui/DataTable";
import type { Attempt } from "./security";
import { Who } from "./Who";

const AT_ONCE = 15;
const SECONDS: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "medium" };

interface Props {
  attempts: Attempt[];
  tenant: string;
  names: Map<string, string>;
}

/** The last failures, one by one. */
export function Attempts({ attempts, tenant, names }: Props) {
  const { t } = useTranslation("security");
  const [shown, setShown] = useState(AT_ONCE);
  return (
    <DataTable
      label={t("attempts")}
      rows={attempts.slice(0, shown)}
      rowKey={(one) => `${one.kind}/${one.at}/${one.source}/${one.user}/${one.reason}`}
      more={{
        has: attempts.length > shown,
        loading: false,
        load: () => setShown((count) => count + AT_ONCE),
      }}
      empty={
        <Text c="dimmed" size="sm">
          {t("noAttempts")}
        </Text>
      }
      columns={[
        { key: "at", header: t("at"), render: (one) => instant(one.at, undefined, SECONDS) },
        {
          key: "who",
          header: t("who"),
          render: (one) => <Who {...one} everywhere={tenant === ""} names={names} />,
        },
        {
          key: "reason",
          header: t("reason"),
          render: (one) => t(`reasons.${one.reason}`, { defaultValue: t(one.reason, { ns: "problems" }) }),
        },
      ]}
    />
  );
}
