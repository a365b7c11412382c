import { Center, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ButtonTo } from "@/ui/LinkTo";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh">
      <Stack align="center" gap="sm">
        <Title order={1} size="h2">
          {t("notFound")}
        </Title>
        <Text c="dimmed">{t("notFoundHint")}</Text>
        <ButtonTo to="/">{t("home")}</ButtonTo>
      </Stack>
    </Center>
  );
}
