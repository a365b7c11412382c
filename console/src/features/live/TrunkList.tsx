import { Badge, Card, Group, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Board } from "@/api/board";
import { relative } from "@/i18n/format";
import type { Names } from "@/ui/useNames";
import { inTrouble } from "./lines";

const GOOD = new Set(["up", "registered"]);

/** The connections to providers, and how they are. */
export function TrunkList({ board, now, names }: { board: Board; now: number; names: Names }) {
  const { t } = useTranslation("live");
  const all = Object.values(board.trunks).sort((a, b) => a.id.localeCompare(b.id));
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
      {all.map((trunk) => (
        <Card withBorder padding="md" key={trunk.id}>
          <Group justify="space-between" wrap="nowrap">
            <Text fw={600}>{names.trunk(trunk.id)}</Text>
            <Badge
              variant="dot"
              tt="none"
              fw={500}
              color={GOOD.has(trunk.state) ? "teal" : inTrouble(trunk) ? "red" : "gray"}
            >
              {t(`trunkState.${trunk.state}`, { defaultValue: trunk.state })}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {t("trunkCalls", { count: trunk.calls })} · {relative(trunk.since, now)}
          </Text>
          {inTrouble(trunk) && trunk.detail && <Text size="sm">{trunk.detail}</Text>}
        </Card>
      ))}
    </SimpleGrid>
  );
}
