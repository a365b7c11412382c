import { Button, Card, Group, Loader, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle, IconUrgent } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { instant } from "@/i18n/format";
import { useNames } from "@/ui/useNames";
import { type Known, type Matter, matters, type Severity } from "./attention";

const LOOK: Record<Severity, { icon: typeof IconUrgent; colour: string }> = {
  error: { icon: IconUrgent, colour: "red" },
  warning: { icon: IconAlertTriangle, colour: "orange" },
  hint: { icon: IconInfoCircle, colour: "azulejo" },
};
const AT_FIRST = 5;

/** What somebody should look at, the worst first, each with the way to mend it. */
export function Attention({ known, looking }: { known: Known; looking: boolean }) {
  const { t } = useTranslation("start");
  const names = useNames();
  const [all, setAll] = useState(false);
  const found = matters(known, names.trunk);
  const shown = all ? found : found.slice(0, AT_FIRST);
  return (
    <Stack component="section" gap="sm">
      <Group gap="xs">
        <Title order={2} size="h3">
          {t("attention")}
        </Title>
        {looking && <Loader size="xs" role="status" aria-label={t("looking")} />}
      </Group>
      {found.length === 0 && !looking && (
        <Paper withBorder p="md">
          <Group wrap="nowrap">
            <ThemeIcon color="teal" variant="light" size={40} radius="xl">
              <IconCircleCheck size={24} aria-hidden />
            </ThemeIcon>
            <div>
              <Text fw={600}>{t("allWell")}</Text>
              <Text size="sm" c="dimmed">
                {t("allWellHint")}
              </Text>
            </div>
          </Group>
        </Paper>
      )}
      {shown.map((one) => (
        <MatterCard key={one.key} matter={one} zone={known.overview.time_zone} />
      ))}
      {found.length > AT_FIRST && (
        <Button variant="subtle" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t("fewer") : t("more", { count: found.length - AT_FIRST })}
        </Button>
      )}
    </Stack>
  );
}

function MatterCard({ matter, zone }: { matter: Matter; zone: string }) {
  const { t } = useTranslation("start");
  const { t: common } = useTranslation();
  const tenant = useTenant();
  const { icon: Icon, colour } = LOOK[matter.severity];
  const { values } = matter;
  const since = typeof values.since === "string" ? instant(values.since, zone) : "";
  const at = typeof values.at === "string" ? instant(values.at, zone) : "";
  const kind = common(`kind.${values.kind}`, { defaultValue: String(values.kind ?? "") });
  const said = { ...values, since, at, kind };
  return (
    <Card withBorder padding="sm">
      <Group wrap="nowrap" align="flex-start">
        <ThemeIcon color={colour} variant="light" radius="xl" size={34}>
          <Icon size={19} role="img" aria-label={t(`severity.${matter.severity}`)} />
        </ThemeIcon>
        <div style={{ flex: 1, minWidth: 0 }}>
          <Text fw={600} size="sm">
            {t(`matter.${matter.kind}.title`, said)}
          </Text>
          {/* What is mended how is told by the checker itself. */}
          <Text size="sm" c="dimmed">
            {matter.detail ?? t(`matter.${matter.kind}.hint`, said)}
          </Text>
          {matter.mend && <Text size="sm">{matter.mend}</Text>}
        </div>
        <Button
          component={Link}
          to={`/t/${tenant}/${matter.path}`}
          size="compact-sm"
          variant="light"
          aria-label={`${t("mend")}: ${t(`matter.${matter.kind}.title`, said)}`}
        >
          {t("mend")}
        </Button>
      </Group>
    </Card>
  );
}
