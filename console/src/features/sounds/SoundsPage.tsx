import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import { IconMusic, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Stored, useChange, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { useTenant } from "@/api/tenant";
import { type Column, DataTable } from "@/ui/DataTable";
import { EmptyState } from "@/ui/EmptyState";
import { Section } from "@/ui/editor";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { Page } from "@/ui/Page";
import { SearchInput } from "@/ui/SearchInput";
import { notifyProblem, useSaved } from "@/ui/saved";
import { useUses } from "./useUses";

type Prompt = Stored<"prompt">;

/** Everything that callers hear which is the company's own. */
export function SoundsPage() {
  const { t } = useTranslation("sounds");
  const tenant = useTenant();
  const may = useMay("config.write");
  const [search, setSearch] = useState("");
  const prompts = useObjects("prompt", search ? { q: search } : {});
  const uses = useUses();
  const add = may && (
    <ButtonTo to="/t/$tenant/sounds/$id" params={{ tenant, id: "new" }} leftSection={<IconPlus size={18} />}>
      {t("new")}
    </ButtonTo>
  );
  const columns: Column<Prompt>[] = [
    {
      key: "name",
      header: t("name", { ns: "common" }),
      render: (prompt) => (
        <Stack gap={2}>
          <LinkTo to="/t/$tenant/sounds/$id" params={{ tenant, id: prompt.id }}>
            {prompt.name || prompt.id}
          </LinkTo>
          <Text size="sm" c="dimmed" lineClamp={1} maw="32rem">
            {Object.values(prompt.text ?? {})[0]}
          </Text>
        </Stack>
      ),
    },
    { key: "languages", header: t("languages"), render: (prompt) => <Languages prompt={prompt} /> },
    {
      key: "uses",
      header: t("used"),
      wide: true,
      render: (prompt) => {
        const found = uses?.get(prompt.id) ?? [];
        return <Text size="sm">{found.length ? found.map((use) => use.name).join(", ") : t("unused")}</Text>;
      },
    },
    {
      key: "code",
      header: t("byPhone"),
      wide: true,
      render: (prompt) => prompt.code && <Code>*77{prompt.code}</Code>,
    },
  ];
  return (
    <Page title={t("title")} intro={t("intro")} actions={add}>
      <Loaded query={prompts}>
        {(rows) =>
          rows.length === 0 && !search ? (
            <EmptyState icon={IconMusic} title={t("emptyTitle")} action={add}>
              {t("empty")}
            </EmptyState>
          ) : (
            <Stack gap="lg">
              <SearchInput label={t("search", { ns: "common" })} value={search} onChange={setSearch} />
              <DataTable label={t("title")} columns={columns} rows={rows} rowKey={(prompt) => prompt.id} />
              <Music disabled={!may} />
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

function Languages({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation("sounds");
  const spoken = new Set([...Object.keys(prompt.text ?? {}), ...Object.keys(prompt.recording ?? {})]);
  return (
    <Group gap={6}>
      {[...spoken].sort().map((language) => (
        <Badge key={language} variant="light" tt="none">
          {t(`language.${language}`)} · {t(prompt.recording?.[language] ? "recorded" : "spoken")}
        </Badge>
      ))}
      {spoken.size === 0 && (
        <Badge variant="light" color="gray" tt="none">
          {t("mute")}
        </Badge>
      )}
    </Group>
  );
}

/** What is heard by who waits or is held, by site. */
function Music({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation("sounds");
  const sites = useObjects("site");
  const change = useChange("site");
  const saved = useSaved();
  return (
    <Section title={t("music")} hint={t("musicHint")}>
      <Group>
        {(sites.data ?? []).map((site) => (
          <ObjectSelect
            key={site.id}
            kind="prompt"
            label={site.name || site.id}
            placeholder={t("musicDefault")}
            value={site.music}
            disabled={disabled || change.isPending}
            w={{ base: "100%", xs: 300 }}
            clearButtonProps={{ "aria-label": t("musicDefault") }}
            onChange={(music) =>
              change.mutate({ id: site.id, fields: { music } }, { onSuccess: saved, onError: notifyProblem })
            }
          />
        ))}
      </Group>
    </Section>
  );
}
