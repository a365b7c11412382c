import { Button, Group, Table, Text, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./DataTable.module.css";

export interface Column<T> {
  key: string;
  header: string;
  render: (row: T) => ReactNode;
  /** The API's field to sort by; none: the column cannot be sorted. */
  sort?: string;
  /** Left out on a telephone. */
  wide?: boolean;
  align?: "left" | "right";
}

interface Props<T> {
  /** What the table holds, for screen readers. */
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  /** A field; "-" before it goes down. */
  sort?: string;
  onSort?: (sort: string) => void;
  /** More pages, where there are any. */
  more?: { has: boolean; loading: boolean; load: () => void };
  /** Shown where there are no rows. */
  empty?: ReactNode;
}

/** A list as a table. A row's way to its page is a link in its first column. */
export function DataTable<T>({ label, columns, rows, rowKey, sort = "", onSort, more, empty }: Props<T>) {
  const { t } = useTranslation();
  if (rows.length === 0 && empty) return empty;
  return (
    <>
      <Table.ScrollContainer minWidth={0} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table highlightOnHover verticalSpacing="sm" aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Header key={column.key} column={column} sort={sort} onSort={onSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={rowKey(row)}>
                {columns.map((column) => (
                  <Table.Td
                    key={column.key}
                    ta={column.align}
                    className={column.wide ? classes.wide : undefined}
                  >
                    {column.render(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
            {rows.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={columns.length}>
                  <Text c="dimmed" ta="center" py="md">
                    {t("nothingFound")}
                  </Text>
                </Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {more?.has && (
        <Group justify="center">
          <Button variant="default" loading={more.loading} onClick={more.load}>
            {t("more")}
          </Button>
        </Group>
      )}
    </>
  );
}

interface HeaderProps<T> {
  column: Column<T>;
  sort: string;
  onSort: ((sort: string) => void) | undefined;
}

function Header<T>({ column, sort, onSort }: HeaderProps<T>) {
  const className = column.wide ? classes.wide : undefined;
  // A column of buttons has no name: its head is no heading.
  if (!column.header) return <Table.Td className={className} />;
  if (!column.sort || !onSort) {
    return (
      <Table.Th ta={column.align} className={className} scope="col">
        {column.header}
      </Table.Th>
    );
  }
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  const Icon = up ? IconArrowUp : down ? IconArrowDown : IconArrowsSort;
  const wanted = up ? `-${column.sort}` : column.sort;
  return (
    <Table.Th
      ta={column.align}
      className={className}
      scope="col"
      aria-sort={up ? "ascending" : down ? "descending" : "none"}
    >
      <UnstyledButton onClick={() => onSort(wanted)} className={classes.sort}>
        {column.header} <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}
