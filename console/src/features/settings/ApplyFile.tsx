import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconUpload } from "@tabler/icons-react";
import { type ChangeEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { CredentialsTable } from "@/features/people/CredentialsTable";
import { Changes } from "@/features/publication/Changes";
import { FindingList } from "@/features/publication/FindingList";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { useSaved } from "@/ui/saved";
import { type Outcome, type Preview, useApply, usePreview, type Wanted } from "./configuration";

/** Bring a file in: choose it, look at what would change, and only then change it. */
export function ApplyFile() {
  const { t } = useTranslation("settings");
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [merge, setMerge] = useState(true);
  const [made, setMade] = useState<Outcome["credentials"]>([]);
  const preview = usePreview();
  const input = useRef<HTMLInputElement>(null);
  const look = (text: string, merging: boolean) => preview.mutate({ text, merge: merging });
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = event.currentTarget.files?.[0];
    event.currentTarget.value = "";
    if (!chosen) return;
    const text = await chosen.text();
    setFile({ name: chosen.name, text });
    look(text, merge);
  };
  const done = (outcome: Outcome) => {
    setMade(outcome.credentials);
    setFile(null);
    preview.reset();
  };
  return (
    <Section title={t("file.in")} hint={t("file.inHint")}>
      <Radio.Group
        label={t("file.rest")}
        value={merge ? "keep" : "remove"}
        onChange={(value) => {
          setMerge(value === "keep");
          if (file) look(file.text, value === "keep");
        }}
      >
        <Stack gap="sm" mt="xs">
          <Radio value="keep" label={t("file.keep")} description={t("file.keepHint")} />
          <Radio value="remove" label={t("file.remove")} description={t("file.removeHint")} />
        </Stack>
      </Radio.Group>
      <Group>
        <Button
          leftSection={<IconUpload size={18} />}
          variant={file ? "default" : "filled"}
          loading={preview.isPending}
          onClick={() => input.current?.click()}
        >
          {t("file.choose")}
        </Button>
        {file && <Text size="sm">{file.name}</Text>}
        <input
          ref={input}
          type="file"
          accept=".yaml,.yml,application/yaml,text/yaml"
          hidden
          aria-label={t("file.choose")}
          onChange={(event) => void choose(event)}
        />
      </Group>
      <ProblemAlert error={preview.error} />
      {file && preview.data && (
        <PreviewShown wanted={{ text: file.text, merge }} preview={preview.data} onDone={done} />
      )}
      <NewPasswords credentials={made} onClose={() => setMade([])} />
    </Section>
  );
}

interface PreviewProps {
  wanted: Wanted;
  preview: Preview;
  onDone: (outcome: Outcome) => void;
}

function PreviewShown({ wanted, preview: { outcome, etag }, onDone }: PreviewProps) {
  const { t } = useTranslation("settings");
  const apply = useApply();
  const saved = useSaved();
  const [comment, setComment] = useState("");
  const removed = outcome.changes.filter((change) => change.action === "removed").length;
  const warnings = outcome.findings.filter((finding) => finding.severity !== "hint");
  if (outcome.changes.length === 0) {
    return (
      <Alert color="teal" icon={<IconCheck />} title={t("file.same")} role="status">
        {t("file.sameHint")}
      </Alert>
    );
  }
  const submit = () =>
    apply.mutate(
      { wanted, etag, comment },
      {
        onSuccess: (now) => {
          saved(now);
          onDone(now);
        },
      },
    );
  return (
    <Stack role="region" aria-label={t("file.preview")}>
      <Text fw={650} component="h3" size="md" m={0}>
        {t("file.wouldChange", { count: outcome.changes.length })}
      </Text>
      {removed > 0 && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t("file.wouldRemove", { count: removed })}>
          {t("file.wouldRemoveHint")}
        </Alert>
      )}
      <Changes changes={outcome.changes} />
      {warnings.length > 0 && <FindingList findings={warnings} />}
      <TextInput
        label={t("file.why")}
        description={t("file.whyHint")}
        maxLength={500}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <ProblemAlert error={apply.error} />
      <Group>
        <Button loading={apply.isPending} color={removed > 0 ? "red" : undefined} onClick={submit}>
          {t("file.apply")}
        </Button>
      </Group>
    </Stack>
  );
}

/** Telephones that are new have passwords that are shown once. */
function NewPasswords({
  credentials,
  onClose,
}: {
  credentials: Outcome["credentials"];
  onClose: () => void;
}) {
  const { t } = useTranslation("settings");
  return (
    <Modal
      opened={credentials.length > 0}
      onClose={onClose}
      closeOnClickOutside={false}
      size="xl"
      title={t("file.passwords")}
      closeButtonProps={{ "aria-label": t("close", { ns: "common" }) }}
    >
      <CredentialsTable credentials={credentials} />
    </Modal>
  );
}
