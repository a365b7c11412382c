import { Button, Center, Stack, Title } from "@mantine/core";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "@/ui/ProblemAlert";

/** A page that could not be drawn. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Center mih="60vh" p="md">
      <Stack align="center">
        <Title order={1} size="h2">
          {t("broken")}
        </Title>
        <ProblemAlert error={error} />
        <Button onClick={again}>{t("again")}</Button>
      </Stack>
    </Center>
  );
}
