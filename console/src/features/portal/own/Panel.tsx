import { Box, Group, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  /** One line on what it is. */
  hint?: ReactNode;
  /** A big switch beside the title. */
  on?: boolean;
  onSwitch?: (on: boolean) => void;
  disabled?: boolean;
  children?: ReactNode;
}

/** One matter with its name, what it is, and a switch where it can be turned on and off. */
export function Panel({ title, hint, on, onSwitch, disabled, children }: Props) {
  return (
    <Paper withBorder p={{ base: "md", sm: "lg" }} component="section" aria-label={title}>
      <Stack>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Box>
            <Title order={2} size="h5">
              {title}
            </Title>
            {hint && (
              <Text size="sm" c="dimmed" mt={2}>
                {hint}
              </Text>
            )}
          </Box>
          {onSwitch && (
            <Switch
              size="lg"
              aria-label={title}
              checked={on ?? false}
              disabled={disabled ?? false}
              onChange={(event) => onSwitch(event.currentTarget.checked)}
            />
          )}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
