import { Button, Code, CopyButton, Group, Modal, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Codes that stand in for the telephone, shown this once. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation("account");
  const text = `${codes.join("\n")}\n`;
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`;
  return (
    <Modal opened onClose={onClose} title={t("recoveryCodes")} closeOnClickOutside={false}>
      <Stack>
        <Text size="sm">{t("recoveryCodesHint")}</Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          {codes.map((code) => (
            <Code key={code} fz="md" ta="center" p="xs">
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <Group gap="xs">
            <CopyButton value={text}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                  onClick={copy}
                >
                  {t(copied ? "copied" : "copy", { ns: "common" })}
                </Button>
              )}
            </CopyButton>
            <Button
              component="a"
              variant="default"
              href={file}
              download="centralita.txt"
              leftSection={<IconDownload size={16} />}
            >
              {t("download", { ns: "common" })}
            </Button>
          </Group>
          <Button onClick={onClose}>{t("codesKept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
