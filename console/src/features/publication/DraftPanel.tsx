import {
  Alert,
  Button,
  Checkbox,
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCircleCheck, IconPencilPause, IconRocket, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { instant } from "@/i18n/format";
import { EmptyState } from "@/ui/EmptyState";
import { Loaded } from "@/ui/Loaded";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { notifyDone, notifyProblem, useSaved } from "@/ui/saved";
import {
  type Draft,
  useChangeSettings,
  useDiscard,
  useDraft,
  usePublish,
  useSettings,
  useTestResults,
} from "./api";
import { Changes } from "./Changes";
import { FindingList } from "./FindingList";
import { TestList } from "./TestList";

/** What waits to be published: what it changes, what is wrong with it, whether the tests hold. */
export function DraftPanel() {
  const { t } = useTranslation("publication");
  const draft = useDraft();
  return (
    <Stack gap="lg">
      <Mode />
      <Loaded query={draft}>
        {(found) =>
          found === null ? (
            <EmptyState icon={IconPencilPause} title={t("draftEmptyTitle")}>
              {t("draftEmpty")}
            </EmptyState>
          ) : (
            <DraftShown draft={found} />
          )
        }
      </Loaded>
    </Stack>
  );
}

/** Whether changes are in force at once, or wait. */
function Mode() {
  const { t } = useTranslation("publication");
  const may = useMay("config.write");
  const settings = useSettings();
  const change = useChangeSettings();
  const saved = useSaved();
  const mode = settings.data?.changes ?? "publish";
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" gap="md">
        <div style={{ flex: "1 1 18rem" }}>
          <Text fw={600}>{t("mode")}</Text>
          <Text size="sm" c="dimmed">
            {t(`modeHint.${mode}`)}
          </Text>
        </div>
        <SegmentedControl
          aria-label={t("mode")}
          disabled={!may || change.isPending || !settings.data}
          data={[
            { value: "publish", label: t("modeName.publish") },
            { value: "draft", label: t("modeName.draft") },
          ]}
          value={mode}
          onChange={(next) =>
            change.mutate(next as "publish" | "draft", { onSuccess: saved, onError: notifyProblem })
          }
        />
      </Group>
    </Paper>
  );
}

function DraftShown({ draft }: { draft: Draft }) {
  const { t } = useTranslation("publication");
  const may = useMay("config.write");
  const results = useTestResults("draft");
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t("draftBy", { author: draft.author, at: instant(draft.at), base: draft.base })}
      </Text>
      {draft.base !== draft.current && (
        <Alert color="lamp">{t("draftOutdated", { base: draft.base, current: draft.current })}</Alert>
      )}
      {may && <Publish draft={draft} failed={results.data?.failed ?? 0} />}
      <section aria-labelledby="draft-changes">
        <Title order={2} size="h4" mb="sm" id="draft-changes">
          {t("changes")}
        </Title>
        <Changes changes={draft.changes} />
      </section>
      <section aria-labelledby="draft-findings">
        <Title order={2} size="h4" mb="sm" id="draft-findings">
          {t("findings")}
        </Title>
        <FindingList findings={draft.findings} />
      </section>
      <section aria-labelledby="draft-tests">
        <Title order={2} size="h4" mb="sm" id="draft-tests">
          {t("tests")}
        </Title>
        <Loaded query={results}>{(found) => <TestList results={found.results} />}</Loaded>
      </section>
    </Stack>
  );
}

function Publish({ draft, failed }: { draft: Draft; failed: number }) {
  const { t } = useTranslation("publication");
  const [comment, setComment] = useState(draft.comment);
  const [skip, setSkip] = useState(false);
  const publish = usePublish();
  const discard = useDiscard();
  const saved = useSaved();
  const ready = draft.refusals.length === 0;
  const ask = () =>
    modals.openConfirmModal({
      title: t("discardQuestion"),
      children: <Text size="sm">{t("discardHint")}</Text>,
      labels: { confirm: t("discard"), cancel: t("cancel", { ns: "common" }) },
      confirmProps: { color: "red" },
      onConfirm: () =>
        discard.mutate(undefined, { onSuccess: () => notifyDone(t("discarded")), onError: notifyProblem }),
    });
  return (
    <Paper withBorder p="md" component="section" aria-label={t("publish")}>
      <Stack gap="sm">
        {ready ? (
          <Group gap={6}>
            <IconCircleCheck size={18} color="var(--mantine-color-teal-6)" aria-hidden />
            <Text size="sm">{t("ready")}</Text>
          </Group>
        ) : (
          <Alert color="red" title={t("notReady")}>
            <Stack gap={2}>
              {draft.refusals.map((one) => (
                <Text size="sm" key={`${one.kind}/${one.id}/${one.field}/${one.detail}`}>
                  {t(`kind.${one.kind}`, { ns: "common", defaultValue: one.kind ?? "" })} {one.id}:{" "}
                  {one.detail}
                </Text>
              ))}
            </Stack>
          </Alert>
        )}
        <ProblemAlert error={publish.error} />
        <TextInput
          label={t("comment")}
          description={t("commentHint")}
          maxLength={500}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {failed > 0 && (
          <Checkbox
            label={t("skipTests", { count: failed })}
            checked={skip}
            onChange={(event) => setSkip(event.currentTarget.checked)}
          />
        )}
        <Group>
          <Button
            leftSection={<IconRocket size={16} />}
            loading={publish.isPending}
            disabled={!ready && !skip}
            onClick={() =>
              publish.mutate(
                { comment, rebase: draft.base !== draft.current, skip_tests: skip },
                { onSuccess: saved },
              )
            }
          >
            {t("publish")}
          </Button>
          <Button variant="light" color="red" leftSection={<IconTrash size={16} />} onClick={ask}>
            {t("discard")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
