import { Card, Stack, Table, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Board } from "@/api/board";
import { useTenant } from "@/api/tenant";
import { number, percent } from "@/i18n/format";
import { LinkTo } from "@/ui/LinkTo";

/** How the queues do today. */
export function QueueLevels({ board }: { board: Board | null }) {
  const { t } = useTranslation("start");
  const tenant = useTenant();
  const queues = Object.values(board?.queues ?? {});
  if (queues.length === 0) return null;
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h3">
        {t("queues")}
      </Title>
      <Card withBorder padding="md">
        <Table aria-label={t("queues")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("queue")}</Table.Th>
              <Table.Th scope="col" ta="right">
                {t("waitingNow")}
              </Table.Th>
              <Table.Th scope="col" ta="right">
                {t("answeredOf")}
              </Table.Th>
              <Table.Th scope="col" ta="right">
                {t("level")}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {queues.map((queue) => (
              <Table.Tr key={queue.id}>
                <Table.Td>{queue.name || queue.id}</Table.Td>
                <Table.Td ta="right">{number(queue.waiting)}</Table.Td>
                <Table.Td ta="right">
                  {number(queue.answered)} / {number(queue.answered + queue.abandoned)}
                </Table.Td>
                <Table.Td ta="right">
                  {queue.service_level === null ? "–" : percent(queue.service_level)}
                  <Text size="xs" c="dimmed">
                    {t("within", { seconds: queue.service_level_seconds })}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Text size="xs" c="dimmed" mt="xs">
          {t("levelHint")}{" "}
          <LinkTo to="/t/$tenant/live" params={{ tenant }} size="xs" underline="always">
            {t("toLive")}
          </LinkTo>
        </Text>
      </Card>
    </Stack>
  );
}
