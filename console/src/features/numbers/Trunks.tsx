import { Button, Text } from "@mantine/core";
import { IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/board";
import type { Stored } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { number } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { nameOf } from "@/ui/ObjectSelect";
import { Section } from "@/ui/Section";
import { useRemoval } from "@/ui/useRemoval";
import { AddTrunk } from "./AddTrunk";
import { RowMenu } from "./RowMenu";
import { TrunkDialog } from "./TrunkDialog";
import { TrunkStatus } from "./TrunkStatus";

/** The connections to providers, and how each is now. */
export function Trunks({ trunks }: { trunks: Stored<"trunk">[] }) {
  const { t } = useTranslation("numbers");
  const mayWrite = useMay("config.write");
  const { board } = useLive(useTenant());
  const remove = useRemoval("trunk");
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Stored<"trunk"> | null>(null);
  const add = mayWrite && (
    <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>
      {t("addTrunk")}
    </Button>
  );
  const columns: Column<Stored<"trunk">>[] = [
    {
      key: "name",
      header: t("trunk"),
      render: (trunk) => (
        <>
          <Text size="sm" fw={600}>
            {nameOf(trunk)}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {[trunk.host, trunk.username].filter(Boolean).join(" · ")}
          </Text>
        </>
      ),
    },
    {
      key: "kind",
      header: t("kindOfTrunk"),
      wide: true,
      render: (trunk) => t(trunk.register ? "byRegistration" : "byAddress"),
    },
    {
      key: "state",
      header: t("state"),
      render: (trunk) => <TrunkStatus trunk={board?.trunks[trunk.id]} />,
    },
    {
      key: "calls",
      header: t("callsNow"),
      align: "right",
      wide: true,
      render: (trunk) => number(board?.trunks[trunk.id]?.calls ?? 0),
    },
  ];
  if (mayWrite) {
    columns.push({
      key: "manage",
      header: "",
      align: "right",
      render: (trunk) => (
        <RowMenu
          name={nameOf(trunk)}
          onChange={() => setChanging(trunk)}
          onRemove={() => remove({ id: trunk.id, name: nameOf(trunk) })}
        />
      ),
    });
  }
  return (
    <Section title={t("trunks")} hint={t("trunksHint")} actions={trunks.length > 0 && add}>
      <DataTable
        label={t("trunks")}
        columns={columns}
        rows={trunks}
        rowKey={(trunk) => trunk.id}
        empty={
          <EmptyState icon={IconPlugConnected} title={t("noTrunks")} action={add}>
            {t("noTrunksHint")}
          </EmptyState>
        }
      />
      {adding && <AddTrunk onClose={() => setAdding(false)} />}
      {changing && <TrunkDialog trunk={changing} onClose={() => setChanging(null)} />}
    </Section>
  );
}
