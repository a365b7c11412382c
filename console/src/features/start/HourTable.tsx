import { Table, VisuallyHidden } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { time } from "@/i18n/format";
import type { Overview } from "./attention";

interface Props {
  day: Overview["today"];
  zone: string;
}

/** What the chart shows, for who does not see it. */
export function HourTable({ day, zone }: Props) {
  const { t } = useTranslation("start");
  return (
    <VisuallyHidden>
      <Table>
        <caption>{t("byHour")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("hour")}</th>
            <th scope="col">{t("answered")}</th>
            <th scope="col">{t("missed")}</th>
            <th scope="col">{t("otherwise")}</th>
            <th scope="col">{t("outbound")}</th>
          </tr>
        </thead>
        <tbody>
          {day.hours.map((hour) => (
            <tr key={hour.begins_at}>
              <th scope="row">{time(hour.begins_at, zone)}</th>
              <td>{hour.answered}</td>
              <td>{hour.missed}</td>
              <td>{hour.inbound - hour.answered - hour.missed}</td>
              <td>{hour.outbound}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </VisuallyHidden>
  );
}
