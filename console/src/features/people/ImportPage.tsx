import { Alert, Button, Code, FileButton, Group, List, Stack, Text } from "@mantine/core";
import { IconCheck, IconFileSpreadsheet } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTenant } from "@/api/tenant";
import { number } from "@/i18n/format";
import { ButtonTo, LinkTo } from "@/ui/LinkTo";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { useSaved } from "@/ui/saved";
import { CredentialsTable } from "./CredentialsTable";
import { ImportRows } from "./ImportRows";
import { COLUMNS, type Import, useImport } from "./sheet";

/** People from a spreadsheet: what would change, row by row; then it is done, all of it or nothing. */
export function ImportPage() {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const saved = useSaved();
  const [file, setFile] = useState<File | null>(null);
  const [done, setDone] = useState<Import | null>(null);
  const preview = useImport(true);
  const really = useImport(false);
  const choose = (next: File | null) => {
    if (!next) return;
    setFile(next);
    setDone(null);
    really.reset();
    preview.mutate(next);
  };
  const doIt = () =>
    file &&
    really.mutate(file, {
      onSuccess: (told) => {
        setDone(told);
        preview.reset();
        if (told.outcome) saved(told.outcome);
      },
    });
  return (
    <Page
      title={t("importTitle")}
      intro={
        <>
          <LinkTo to="/t/$tenant/people" params={{ tenant }} size="sm" underline="always">
            {t("title")}
          </LinkTo>
          {" · "}
          {t("importIntro")}
        </>
      }
    >
      <Section title={t("importFile")} hint={t("importFileHint")}>
        <Group gap="xs">
          {COLUMNS.map((column) => (
            <Code key={column}>{t(`column.${column}`)}</Code>
          ))}
        </Group>
        <Text size="sm" c="dimmed">
          {t("importRules")}
        </Text>
        <Group>
          <FileButton
            onChange={choose}
            accept=".csv,.xlsx,text/csv"
            inputProps={{ "aria-label": t("chooseFile") }}
          >
            {(props) => (
              <Button
                {...props}
                variant={preview.data ? "default" : "filled"}
                leftSection={<IconFileSpreadsheet size={18} />}
                loading={preview.isPending}
              >
                {t("chooseFile")}
              </Button>
            )}
          </FileButton>
          {file && <Text size="sm">{file.name}</Text>}
        </Group>
        <ProblemAlert error={preview.error} />
      </Section>
      {preview.data && (
        <Preview told={preview.data} pending={really.isPending} error={really.error} onDo={doIt} />
      )}
      {done && <Done told={done} />}
    </Page>
  );
}

interface PreviewProps {
  told: Import;
  pending: boolean;
  error: unknown;
  onDo: () => void;
}

function Preview({ told, pending, error, onDo }: PreviewProps) {
  const { t } = useTranslation("people");
  const { added, changed, same, refused, problems } = told;
  const wrong = refused > 0 || problems.length > 0;
  const nothing = !wrong && added + changed === 0;
  return (
    <Section
      title={t("preview")}
      hint={t("previewHint", {
        added: number(added),
        changed: number(changed),
        same: number(same),
        refused: number(refused),
      })}
      actions={
        <Button onClick={onDo} loading={pending} disabled={wrong || nothing}>
          {t("doImport")}
        </Button>
      }
    >
      <ProblemAlert error={error} />
      {wrong && <Alert color="red">{t("importWrong")}</Alert>}
      {nothing && <Alert color="gray">{t("importNothing")}</Alert>}
      {problems.length > 0 && (
        <List size="sm">
          {problems.map((problem) => (
            <List.Item key={`${problem.kind}/${problem.id}/${problem.field}`}>{problem.detail}</List.Item>
          ))}
        </List>
      )}
      <ImportRows told={told} />
    </Section>
  );
}

function Done({ told }: { told: Import }) {
  const { t } = useTranslation("people");
  const tenant = useTenant();
  const credentials = told.outcome?.credentials ?? [];
  return (
    <Stack>
      <Alert color="teal" icon={<IconCheck />} role="status">
        <Text fw={600}>{t("importDone")}</Text>
        {t("importDoneHint", { added: number(told.added), changed: number(told.changed) })}
      </Alert>
      <ButtonTo
        to="/t/$tenant/people"
        params={{ tenant }}
        variant="default"
        style={{ alignSelf: "flex-start" }}
      >
        {t("seePeople")}
      </ButtonTo>
      {credentials.length > 0 && <CredentialsTable credentials={credentials} />}
    </Stack>
  );
}
