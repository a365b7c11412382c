import { Box, Group, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { isProblem } from "@/api/problem";
import { LANGUAGES, type Language, speak } from "@/i18n";
import { Way, WizardFrame } from "./WizardFrame";

const NAMES: Record<Language, string> = { es: "Español", en: "English" };
const HINTS: Record<Language, string> = {
  es: "La consola, los avisos y las locuciones hablan español",
  en: "The console, its mails and its voices speak English",
};

interface Props {
  code: string;
  onWrong: () => void;
  onNext: () => void;
}

/** Welcome, and the language; meanwhile the code is looked at. */
export function LanguageStep({ code, onWrong, onNext }: Props) {
  const { t, i18n } = useTranslation("setup");
  const looked = useQuery({
    queryKey: ["setup", "code", code],
    queryFn: async () => {
      await call(api.POST("/api/v1/setup/code", { body: { code } }));
      return true;
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const wrong = isProblem(looked.error, "setup-code-wrong");
  useEffect(() => {
    if (wrong) onWrong();
  }, [wrong, onWrong]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext();
  };
  return (
    <WizardFrame step="language" title={t("welcome")} intro={t("welcomeIntro")}>
      <form onSubmit={submit}>
        <Radio.Group
          label={t("language")}
          value={i18n.language}
          onChange={(next) => void speak(next as Language)}
        >
          <Stack gap="sm" mt="xs">
            {LANGUAGES.map((language) => (
              <Radio.Card key={language} value={language} p="md" radius="md" lang={language}>
                <Group wrap="nowrap">
                  <Radio.Indicator />
                  <Box>
                    <Text fw={600}>{NAMES[language]}</Text>
                    <Text size="sm" c="dimmed">
                      {HINTS[language]}
                    </Text>
                  </Box>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
        <Way />
      </form>
    </WizardFrame>
  );
}
