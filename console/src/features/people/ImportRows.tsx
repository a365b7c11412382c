import { List, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/ui/DataTable";
import { Status } from "@/ui/Status";
import { COLUMNS, changesOf, type Import, type Row } from "./sheet";

const TONES = { added: "good", changed: "warning", same: "none", refused: "bad" } as const;

/** What becomes of each row of the table. */
export function ImportRows({ told }: { told: Import }) {
  const { t } = useTranslation("people");
  return (
    <DataTable
      label={t("preview")}
      rows={told.rows}
      rowKey={(row) => String(row.row)}
      columns={[
        { key: "row", header: t("row"), align: "right", render: (row) => row.row },
        { key: "id", header: t("person"), render: (row) => row.id },
        {
          key: "action",
          header: t("whatHappens"),
          render: (row) => <Status tone={TONES[row.action]}>{t(`action.${row.action}`)}</Status>,
        },
        { key: "detail", header: t("details"), render: (row) => <Details row={row} told={told} /> },
      ]}
    />
  );
}

function Details({ row, told }: { row: Row; told: Import }) {
  const { t } = useTranslation("people");
  const column = (field: string) => (COLUMNS.some((one) => one === field) ? t(`column.${field}`) : field);
  if (row.problems.length > 0) {
    return (
      <List size="sm">
        {row.problems.map((problem) => (
          <List.Item key={`${problem.field}/${problem.detail}`}>
            {[column(problem.field), problem.detail].filter(Boolean).join(": ")}
          </List.Item>
        ))}
      </List>
    );
  }
  return (
    <Stack gap={0}>
      {changesOf(told, row.id).map((change) => (
        <Text key={change.field} size="xs">
          <Text span fw={600} size="xs">
            {column(change.field)}
          </Text>{" "}
          {[written(change.before), written(change.after)].filter(Boolean).join(" → ")}
        </Text>
      ))}
    </Stack>
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
