import { Group, Text, ThemeIcon } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconCircleDashed,
  IconExclamationMark,
  IconMinus,
} from "@tabler/icons-react";
import type { ReactNode } from "react";

export type Tone = "good" | "warning" | "bad" | "waiting" | "none";

const LOOKS = {
  good: { color: "teal.8", Icon: IconCheck },
  warning: { color: "lamp.7", Icon: IconAlertTriangle },
  bad: { color: "red.8", Icon: IconExclamationMark },
  waiting: { color: "gray.6", Icon: IconCircleDashed },
  none: { color: "gray.6", Icon: IconMinus },
} as const;

/** How something is: a sign of its own shape and colour, and a word. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { color, Icon } = LOOKS[tone];
  return (
    <Group gap={6} wrap="nowrap" align="center">
      <ThemeIcon size={18} radius="xl" color={color} variant="filled" aria-hidden>
        <Icon size={12} stroke={2.6} />
      </ThemeIcon>
      <Text size="sm" span>
        {children}
      </Text>
    </Group>
  );
}
