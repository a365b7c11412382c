import {
  ActionIcon,
  Box,
  Button,
  Center,
  Group,
  Paper,
  Stack,
  Text,
  Title,
  useMantineColorScheme,
} from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { IconMoonStars } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Brand } from "@/app/Brand";
import { speak } from "@/i18n";
import classes from "./Doorstep.module.css";

/** The title's id: what comes next on a longer way begins there, for keyboard and screen reader. */
export const TITLE = "doorstep-title";

interface Props {
  title: string;
  intro?: ReactNode;
  wide?: boolean;
  /** Where one stands on a longer way, above the title. */
  above?: ReactNode;
  children: ReactNode;
}

/** The frame of the pages before one has signed in. */
export function Doorstep({ title, intro, wide, above, children }: Props) {
  const { t, i18n } = useTranslation();
  const { toggleColorScheme } = useMantineColorScheme();
  const other = i18n.language === "es" ? "en" : "es";
  useDocumentTitle(`${title} · Centralita`);
  return (
    <Center mih="100vh" p="md" className={classes.ground} component="main">
      <Stack w="100%" maw={wide ? 720 : 420}>
        <Group justify="space-between">
          <Brand size={34} />
          <Group gap={4}>
            <Button variant="subtle" size="compact-sm" onClick={() => void speak(other)} lang={other}>
              {other === "es" ? "Español" : "English"}
            </Button>
            <ActionIcon variant="subtle" onClick={toggleColorScheme} aria-label={t("lightOrDark")}>
              <IconMoonStars size={18} />
            </ActionIcon>
          </Group>
        </Group>
        <Paper withBorder shadow="sm" p={{ base: "lg", sm: "xl" }}>
          <Stack>
            {above}
            <Box>
              <Title order={1} size="h3" id={TITLE} tabIndex={-1} className={classes.title}>
                {title}
              </Title>
              {intro && (
                <Text c="dimmed" size="sm" mt={4}>
                  {intro}
                </Text>
              )}
            </Box>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  );
}
