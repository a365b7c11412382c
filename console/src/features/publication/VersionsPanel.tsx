import { Badge, Button, Group, Modal, Select, Stack, Text, Title } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconArrowBackUp, IconGitCompare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { instant } from "@/i18n/format";
import { type Column, DataTable } from "@/ui/DataTable";
import { Loaded } from "@/ui/Loaded";
import { notifyProblem, useSaved } from "@/ui/saved";
import { useDifference, useRollback, useVersions, type Version } from "./api";
import { Changes } from "./Changes";

/** What was in force, since when, by whom and why; compared, and gone back to. */
export function VersionsPanel() {
  const { t } = useTranslation("publication");
  const may = useMay("config.write");
  const versions = useVersions();
  const rollback = useRollback();
  const saved = useSaved();
  const [pair, compare] = useState<[string, string] | null>(null);
  const newest = versions.data?.pages[0]?.items[0]?.number ?? 0;
  const goBack = (number: number) =>
    modals.openConfirmModal({
      title: t("rollbackQuestion", { number }),
      children: <Text size="sm">{t("rollbackHint", { next: newest + 1, number })}</Text>,
      labels: { confirm: t("rollback"), cancel: t("cancel", { ns: "common" }) },
      onConfirm: () =>
        rollback.mutate(
          { number, comment: t("rollbackComment", { number }) },
          { onSuccess: saved, onError: notifyProblem },
        ),
    });
  const columns: Column<Version>[] = [
    {
      key: "number",
      header: t("version"),
      render: (one) => (
        <Stack gap={2}>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              {one.number}
            </Text>
            {one.number === newest && (
              <Badge variant="light" tt="none">
                {t("inForce")}
              </Badge>
            )}
          </Group>
          <Text size="sm">{one.comment}</Text>
        </Stack>
      ),
    },
    {
      key: "at",
      header: t("when"),
      render: (one) => (
        <Stack gap={0}>
          <Text size="sm">{instant(one.at)}</Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {one.author}
          </Text>
        </Stack>
      ),
    },
    { key: "counts", header: t("whatChanged"), wide: true, render: (one) => t("counts", { ...one }) },
    {
      key: "do",
      header: t("actions"),
      render: (one) => (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconGitCompare size={14} />}
            aria-label={t("seeChangesOf", { number: one.number })}
            disabled={one.number === 1}
            onClick={() => compare([String(one.number - 1), String(one.number)])}
          >
            {t("see")}
          </Button>
          {may && one.number !== newest && (
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconArrowBackUp size={14} />}
              aria-label={t("rollbackTo", { number: one.number })}
              onClick={() => goBack(one.number)}
            >
              {t("rollback")}
            </Button>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Stack gap="md">
      <Text c="dimmed">{t("versionsIntro")}</Text>
      <Loaded query={versions}>
        {({ pages }) => (
          <>
            <Group>
              <Button
                variant="default"
                leftSection={<IconGitCompare size={16} />}
                disabled={newest < 2}
                onClick={() => compare([String(newest - 1), String(newest)])}
              >
                {t("compare")}
              </Button>
            </Group>
            <DataTable
              label={t("versions")}
              columns={columns}
              rows={pages.flatMap((page) => page.items)}
              rowKey={(one) => String(one.number)}
              more={{
                has: versions.hasNextPage,
                loading: versions.isFetchingNextPage,
                load: () => void versions.fetchNextPage(),
              }}
            />
          </>
        )}
      </Loaded>
      {pair && <Compare pair={pair} newest={newest} compare={compare} />}
    </Stack>
  );
}

interface CompareProps {
  pair: [string, string];
  newest: number;
  compare: (pair: [string, string] | null) => void;
}

/** The difference between any two versions. */
function Compare({ pair, newest, compare }: CompareProps) {
  const { t } = useTranslation("publication");
  const [before, after] = pair;
  const found = useDifference(before, after);
  const numbers = Array.from({ length: newest }, (_, index) => String(newest - index));
  const data = numbers.map((number) => ({ value: number, label: t("versionNumber", { number }) }));
  return (
    <Modal opened onClose={() => compare(null)} size="xl" title={t("compare")}>
      <Stack>
        <Group grow>
          <Select
            label={t("from")}
            searchable
            allowDeselect={false}
            data={data}
            value={before}
            onChange={(next) => next && compare([next, after])}
          />
          <Select
            label={t("to")}
            searchable
            allowDeselect={false}
            data={data}
            value={after}
            onChange={(next) => next && compare([before, next])}
          />
        </Group>
        <Title order={3} size="h5">
          {t("changes")}
        </Title>
        <Loaded query={found}>{({ changes }) => <Changes changes={changes} />}</Loaded>
      </Stack>
    </Modal>
  );
}
