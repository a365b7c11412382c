import { Box, Button, Group, Progress, Text } from "@mantine/core";
import { IconArrowLeft, IconArrowRight } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Doorstep, TITLE } from "@/features/session/Doorstep";

/** Everything that is asked, in order. */
export const STEPS = ["language", "you", "company", "people", "hours", "outside", "calls"] as const;
export type Step = (typeof STEPS)[number];

interface Props {
  step: Step;
  title: string;
  intro: string;
  children: ReactNode;
}

/** A step of the wizard: where one stands, what is asked and why. */
export function WizardFrame({ step, title, intro, children }: Props) {
  const { t } = useTranslation("setup");
  const number = STEPS.indexOf(step) + 1;
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its title
  useEffect(() => {
    if (first.current) first.current = false;
    else document.getElementById(TITLE)?.focus();
    window.scrollTo(0, 0);
  }, [step]);
  const above = (
    <Box>
      <Text size="xs" fw={600} c="dimmed" mb={6}>
        {t("step", { number, of: STEPS.length })}
      </Text>
      <Progress value={(number / STEPS.length) * 100} size="sm" aria-hidden />
    </Box>
  );
  return (
    <Doorstep wide title={title} intro={intro} above={above}>
      {children}
    </Doorstep>
  );
}

interface WayProps {
  back?: (() => void) | undefined;
  /** What the button forward says, where it is not just "next". */
  label?: string;
  loading?: boolean;
  /** Something else that one can do instead. */
  beside?: ReactNode;
}

/** Back and on. The way on is the form's own button. */
export function Way({ back, label, loading, beside }: WayProps) {
  const { t } = useTranslation("setup");
  return (
    <Group justify="space-between" mt="md">
      <Group gap="xs">
        {back && (
          <Button variant="subtle" leftSection={<IconArrowLeft size={18} />} onClick={back}>
            {t("back")}
          </Button>
        )}
        {beside}
      </Group>
      <Button type="submit" rightSection={<IconArrowRight size={18} />} loading={loading ?? false}>
        {label ?? t("next")}
      </Button>
    </Group>
  );
}
