import { Button, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { instant } from "@/i18n/format";
import { CopyField } from "@/ui/CopyField";
import { notifyDone } from "@/ui/saved";
import type { LinkMade } from "./accounts";

/** Say that a link went out by mail; where there is no mail, show it once, to be handed on. */
export function useTellLink(): (link: LinkMade, login: string) => void {
  const { t } = useTranslation("accounts");
  return (link, login) =>
    link.url ? show(link, link.url, t("linkFor", { login })) : notifyDone(t("mailed", { login }));
}

function show(link: LinkMade, url: string, title: string): void {
  const id = modals.open({
    title,
    closeOnClickOutside: false,
    size: "lg",
    children: <LinkShown link={link} url={url} onClose={() => modals.close(id)} />,
  });
}

function LinkShown({ link, url, onClose }: { link: LinkMade; url: string; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  return (
    <Stack>
      <Text size="sm">{t("linkHint")}</Text>
      <CopyField
        label={t("link")}
        value={url}
        description={t("linkUntil", { at: instant(link.expires_at) })}
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>{t("linkTaken")}</Button>
      </Group>
    </Stack>
  );
}
