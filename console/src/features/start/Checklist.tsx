import { Button, Card, Group, Progress, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCheck, IconCircleDashed } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { checklist, type Overview } from "./attention";

/** What a new company needs before its telephone rings; it ticks itself off. */
export function Checklist({ overview }: { overview: Overview }) {
  const { t } = useTranslation("start");
  const tenant = useTenant();
  const writes = useMay("config.write");
  const steps = checklist(overview);
  const done = steps.filter((one) => one.done).length;
  const next = steps.find((one) => !one.done)?.step;
  return (
    <Card withBorder padding="lg" component="section">
      <Title order={2} size="h3">
        {t("checklist")}
      </Title>
      <Text c="dimmed">{t("checklistHint")}</Text>
      <Group my="md" wrap="nowrap">
        <Progress
          value={(100 * done) / steps.length}
          flex={1}
          aria-label={t("progress", { done, all: steps.length })}
        />
        <Text size="sm">{t("progress", { done, all: steps.length })}</Text>
      </Group>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: "none" }}>
        {steps.map(({ step, done: ticked, path }) => (
          <Group component="li" key={step} wrap="nowrap" align="flex-start">
            <ThemeIcon color={ticked ? "teal" : "gray"} variant={ticked ? "filled" : "light"} radius="xl">
              {ticked ? (
                <IconCheck size={16} role="img" aria-label={t("done")} />
              ) : (
                <IconCircleDashed size={16} role="img" aria-label={t("toDo")} />
              )}
            </ThemeIcon>
            <div style={{ flex: 1 }}>
              <Text fw={600} c={ticked ? "dimmed" : undefined}>
                {t(`step.${step}.title`)}
              </Text>
              {!ticked && (
                <Text size="sm" c="dimmed">
                  {t(`step.${step}.hint`)}
                </Text>
              )}
            </div>
            {!ticked && writes && (
              <Button
                component={Link}
                to={`/t/${tenant}/${path}`}
                size="compact-md"
                variant={step === next ? "filled" : "light"}
              >
                {t(`step.${step}.action`)}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
