import { ActionIcon, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { IconPencil, IconPlus, IconRefresh, IconShieldCheck, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Stored, useObjects } from "@/api/objects";
import { useMay } from "@/api/session";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { useRemoval } from "@/ui/useRemoval";
import { useTestResults } from "./api";
import { TestDialog } from "./TestDialog";
import { TestList } from "./TestList";

/** Calls that must go on ending where they do: run, made, changed, taken out. */
export function TestsPanel() {
  const { t } = useTranslation("publication");
  const may = useMay("config.write");
  const results = useTestResults("working");
  const tests = useObjects("test").data ?? [];
  const removal = useRemoval("test");
  const [edited, edit] = useState<Stored<"test"> | "new" | null>(null);
  const make = may && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => edit("new")}>
      {t("newTest")}
    </Button>
  );
  const actions = (id: string) => {
    const test = tests.find((one) => one.id === id);
    if (!may || !test) return null;
    const name = test.name || id;
    return (
      <>
        <Tooltip label={t("editTest", { name })}>
          <ActionIcon variant="subtle" aria-label={t("editTest", { name })} onClick={() => edit(test)}>
            <IconPencil size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("removeTest", { name })}>
          <ActionIcon
            variant="subtle"
            color="red"
            aria-label={t("removeTest", { name })}
            onClick={() => removal({ id, name })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </>
    );
  };
  return (
    <Stack gap="md">
      <Text c="dimmed">{t("testsIntro")}</Text>
      <Loaded query={results}>
        {(found) =>
          found.results.length === 0 ? (
            <EmptyState icon={IconShieldCheck} title={t("testsEmptyTitle")} action={make}>
              {t("testsEmpty")}
            </EmptyState>
          ) : (
            <>
              <Group justify="space-between">
                <Text fw={600} role="status">
                  {t("testsPassed", { passed: found.passed, total: found.passed + found.failed })}
                </Text>
                <Group gap="xs">
                  <Button
                    variant="default"
                    leftSection={<IconRefresh size={16} />}
                    loading={results.isFetching}
                    onClick={() => void results.refetch()}
                  >
                    {t("runAgain")}
                  </Button>
                  {make}
                </Group>
              </Group>
              <TestList results={found.results} actions={actions} />
            </>
          )
        }
      </Loaded>
      {edited !== null && <TestDialog edited={edited === "new" ? null : edited} close={() => edit(null)} />}
    </Stack>
  );
}
