import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

interface Props {
  title: string;
  /** One line on what this is. */
  hint?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A part of a page that stands for itself: a card with its name. */
export function Section({ title, hint, actions, children }: Props) {
  const heading = useId();
  return (
    <Paper component="section" aria-labelledby={heading} withBorder p={{ base: "md", sm: "lg" }}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box style={{ flex: "1 1 14rem" }}>
            <Title order={2} size="h4" id={heading}>
              {title}
            </Title>
            {hint && (
              <Text size="sm" c="dimmed" mt={2}>
                {hint}
              </Text>
            )}
          </Box>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
