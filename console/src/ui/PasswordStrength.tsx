import { Box, Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LEVELS, strength } from "./strength";

const COLORS = {
  empty: "gray",
  short: "red",
  weak: "red",
  fair: "lamp",
  good: "teal",
  strong: "teal",
} as const;

/** How good a new password is, in words and as a bar. `own`: what others know of the person. */
export function PasswordStrength({ password, own = [] }: { password: string; own?: readonly string[] }) {
  const { t } = useTranslation();
  const level = strength(password, own);
  return (
    <Box>
      <Progress value={LEVELS.indexOf(level) * 20} color={COLORS[level]} size="sm" aria-hidden />
      <Text size="xs" c="dimmed" mt={4} aria-live="polite">
        {t(`strength.${level}`)}
      </Text>
    </Box>
  );
}
