import { Box, Group, Progress, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { number } from "@/i18n/format";

/** What a company uses of what its plan allows. */
export function Usage({ plan }: { plan: components["schemas"]["TenantPlan"] }) {
  const { t } = useTranslation("platform");
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      {plan.limits.map(({ limit, allowed, used, over }) => {
        const many = used === null ? "–" : number(used);
        return (
          <Box key={limit}>
            <Group justify="space-between">
              <Text size="sm">{t(`limit.${limit}`)}</Text>
              <Text size="sm" fw={600}>
                {allowed === null ? many : t("ofAllowed", { used: many, allowed: number(allowed) })}
              </Text>
            </Group>
            {allowed !== null && (
              <Progress
                value={Math.min(100, ((used ?? 0) / Math.max(1, allowed)) * 100)}
                color={over ? "red" : "azulejo"}
                size="sm"
                aria-hidden
              />
            )}
          </Box>
        );
      })}
    </SimpleGrid>
  );
}
