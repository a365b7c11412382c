import { Badge, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { number } from "@/i18n/format";
import { BAND_COLOUR, bandOf } from "./mos";

/** How speech sounded, in a word; the figure behind it is told too. */
export function Quality({ mos }: { mos: number | null | undefined }) {
  const { t } = useTranslation("callwords");
  if (mos === null || mos === undefined) {
    return (
      <Text span size="sm" c="dimmed">
        {t("quality.unknown")}
      </Text>
    );
  }
  const band = bandOf(mos);
  const score = number(mos, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const words = t("quality.score", { score });
  return (
    <Tooltip label={words}>
      <Badge variant="dot" color={BAND_COLOUR[band]} tt="none" fw={500}>
        {t(`quality.${band}`)} · {score}
      </Badge>
    </Tooltip>
  );
}
