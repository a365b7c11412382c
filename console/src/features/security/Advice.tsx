import { List, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LinkTo } from "@/ui/LinkTo";
import { Section } from "@/ui/Section";

const PARTS = { normal: 3, attack: 3, act: 4 } as const;

/** What is normal, what an attack looks like, and what to do: in plain words. */
export function Advice({ tenant }: { tenant: string }) {
  const { t } = useTranslation("security");
  return (
    <Section title={t("advice")} hint={t("adviceHint")}>
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="xl">
        {(Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) => (
          <div key={part}>
            <Text component="h3" fw={650} size="sm" m={0} mb="xs">
              {t(`${part}.title`)}
            </Text>
            <List size="sm" spacing={6}>
              {Array.from({ length: PARTS[part] }, (_, place) => `${part}.${place + 1}`).map((key) => (
                <List.Item key={key}>{t(key)}</List.Item>
              ))}
            </List>
          </div>
        ))}
      </SimpleGrid>
      {tenant && (
        <Text size="sm">
          <LinkTo to="/t/$tenant/people" params={{ tenant }}>
            {t("toPeople")}
          </LinkTo>
          {" · "}
          <LinkTo to="/t/$tenant/settings/accounts" params={{ tenant }}>
            {t("toAccounts")}
          </LinkTo>
        </Text>
      )}
    </Section>
  );
}
