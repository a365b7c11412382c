import { Alert } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Live } from "@/api/board";

/** Said where what is shown may be old, or where the exchange is down. */
export function ConnectionAlert({ live }: { live: Live }) {
  const { t } = useTranslation("live");
  const down = live.connection === "open" && live.board?.switch[""]?.up === false;
  const trouble = down ? "down" : live.connection;
  if (trouble !== "down" && trouble !== "lost" && trouble !== "refused") return null;
  return (
    <Alert
      role="alert"
      color={trouble === "lost" ? "orange" : "red"}
      icon={<IconPlugConnectedX />}
      title={t(`connection.${trouble}`)}
    >
      {t(`connection.${trouble}Hint`)}
    </Alert>
  );
}
