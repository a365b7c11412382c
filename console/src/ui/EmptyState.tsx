import { Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";

interface Props {
  icon: ComponentType<{ size?: number }>;
  title: string;
  /** What this is for, and what to do first. */
  children: ReactNode;
  action?: ReactNode;
}

/** A page with nothing on it yet teaches what belongs there. */
export function EmptyState({ icon: Icon, title, children, action }: Props) {
  return (
    <Paper withBorder p="xl" radius="md">
      <Stack align="center" gap="sm" maw="34rem" mx="auto" ta="center">
        <ThemeIcon size={56} radius="xl" variant="light">
          <Icon size={30} />
        </ThemeIcon>
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text c="dimmed">{children}</Text>
        {action}
      </Stack>
    </Paper>
  );
}
