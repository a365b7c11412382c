import { Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { number } from "@/i18n/format";
import { Quality } from "@/ui/Quality";
import type { Names } from "@/ui/useNames";
import { type CallDetail, recordOf } from "./journey";

interface Props {
  detail: CallDetail;
  names: Names;
}

/** How each party sounded, and what each heard. */
export function CallQuality({ detail, names }: Props) {
  const { t } = useTranslation("calls");
  if (detail.quality.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("noQuality")}
      </Text>
    );
  }
  const users = new Map(recordOf(detail).legs.map((leg) => [leg.leg, leg.user ?? ""]));
  const nameOf = (leg: string) => {
    const [id = "", target = ""] = leg.split(" ");
    const user = users.get(id);
    return user ? names.user(user) : names.target(target);
  };
  const figure = (value: number | null, unit: string, digits = 1) =>
    value === null ? "–" : `${number(value, { maximumFractionDigits: digits })} ${unit}`;
  return (
    <Table.ScrollContainer minWidth={620} type="native" tabIndex={0} role="region" aria-label={t("quality")}>
      <Table aria-label={t("quality")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("party")}</Table.Th>
            <Table.Th scope="col">{t("way")}</Table.Th>
            <Table.Th scope="col">{t("quality")}</Table.Th>
            <Table.Th scope="col" ta="right">
              {t("loss")}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {t("jitter")}
            </Table.Th>
            <Table.Th scope="col" ta="right">
              {t("roundTrip")}
            </Table.Th>
            <Table.Th scope="col">{t("codec")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {detail.quality.map((row) => (
            <Table.Tr key={`${row.leg}/${row.direction}`}>
              <Table.Td>{nameOf(row.leg)}</Table.Td>
              <Table.Td>{t(row.direction === "from" ? "spoke" : "heard")}</Table.Td>
              <Table.Td>
                <Quality mos={row.mos} />
              </Table.Td>
              <Table.Td ta="right">{figure(row.loss, "%")}</Table.Td>
              <Table.Td ta="right">{figure(row.jitter, "ms")}</Table.Td>
              <Table.Td ta="right">{figure(row.round_trip, "ms", 0)}</Table.Td>
              <Table.Td>{row.codec}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
