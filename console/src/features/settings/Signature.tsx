import { Anchor, Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Section } from "@/ui/Section";

const EXAMPLE = `from standardwebhooks import Webhook
message = Webhook("whsec_…").verify(body, headers)`;

/** How the receiver tells that a message is ours: two lines, with a library of Standard Webhooks. */
export function Signature() {
  const { t } = useTranslation("settings");
  return (
    <Section title={t("signature.title")} hint={t("signature.hint")}>
      <Code block tabIndex={0}>
        {EXAMPLE}
      </Code>
      <Text size="sm">
        {t("signature.byHand")} <Code>webhook-id.webhook-timestamp.body</Code>
      </Text>
      <Text size="sm">
        {t("signature.libraries")}{" "}
        <Anchor
          href="https://www.standardwebhooks.com"
          target="_blank"
          rel="noreferrer"
          size="sm"
          underline="always"
        >
          Standard Webhooks
        </Anchor>
      </Text>
    </Section>
  );
}
