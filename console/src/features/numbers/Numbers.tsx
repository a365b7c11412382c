import { Button, Text } from "@mantine/core";
import { IconPhonePlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Stored } from "@/api/objects";
import { useMay } from "@/api/session";
import { type Column, DataTable } from "@/ui/DataTable";
import { useDestinationName } from "@/ui/DestinationSelect";
import { EmptyState } from "@/ui/EmptyState";
import { nameOf } from "@/ui/ObjectSelect";
import { Section } from "@/ui/Section";
import { Status } from "@/ui/Status";
import { useRemoval } from "@/ui/useRemoval";
import { NumberDialog } from "./NumberDialog";
import { lacking } from "./numbers";
import { RowMenu } from "./RowMenu";

interface Props {
  numbers: Stored<"number">[];
  trunks: Stored<"trunk">[];
}

/** The numbers that people outside call, and where each leads. */
export function Numbers({ numbers, trunks }: Props) {
  const { t } = useTranslation("numbers");
  const mayWrite = useMay("config.write");
  const named = useDestinationName();
  const remove = useRemoval("number");
  const [open, setOpen] = useState<Stored<"number"> | "new" | null>(null);
  const add = mayWrite && (
    <Button leftSection={<IconPhonePlus size={18} />} onClick={() => setOpen("new")}>
      {t("addNumber")}
    </Button>
  );
  const columns: Column<Stored<"number">>[] = [
    {
      key: "number",
      header: t("number"),
      render: (number) => (
        <>
          <Text size="sm" fw={600}>
            {number.number}
          </Text>
          {number.name_prefix && (
            <Text size="xs" c="dimmed">
              {t("shownAs", { prefix: number.name_prefix })}
            </Text>
          )}
        </>
      ),
    },
    { key: "destination", header: t("leadsTo"), render: (number) => named(number.destination) },
    {
      key: "trunk",
      header: t("trunk"),
      wide: true,
      render: (number) => {
        const trunk = trunks.find((one) => one.id === number.trunk);
        return trunk ? nameOf(trunk) : (number.trunk ?? t("anyTrunk"));
      },
    },
    {
      key: "state",
      header: t("state"),
      render: (number) => {
        const lack = lacking(number, trunks);
        return lack ? (
          <Status tone="warning">{t(lack)}</Status>
        ) : (
          <Status tone="good">{t("numberWorks")}</Status>
        );
      },
    },
  ];
  if (mayWrite) {
    columns.push({
      key: "manage",
      header: "",
      align: "right",
      render: (number) => (
        <RowMenu
          name={number.number}
          onChange={() => setOpen(number)}
          onRemove={() => remove({ id: number.id, name: number.number })}
        />
      ),
    });
  }
  return (
    <Section title={t("numbers")} hint={t("numbersHint")} actions={numbers.length > 0 && add}>
      <DataTable
        label={t("numbers")}
        columns={columns}
        rows={numbers}
        rowKey={(number) => number.id}
        empty={
          <EmptyState icon={IconPhonePlus} title={t("noNumbers")} action={add}>
            {t("noNumbersHint")}
          </EmptyState>
        }
      />
      {open && <NumberDialog number={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Section>
  );
}
