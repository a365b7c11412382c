import { Button, Code } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/Section";
import { type Credentials, credentialsCsv } from "./sheet";

/** The passwords of telephones that were made now, shown this once, and a file to take them away in. */
export function CredentialsTable({ credentials }: { credentials: Credentials[] }) {
  const { t } = useTranslation("people");
  const titles = [t("person"), t("extension"), t("phone.one"), t("setup.username"), t("setup.password")];
  const file = `data:text/csv;charset=utf-8,${encodeURIComponent(credentialsCsv(titles, credentials))}`;
  return (
    <Section
      title={t("newPasswords")}
      hint={t("newPasswordsHint")}
      actions={
        <Button
          component="a"
          href={file}
          download={`${t("newPasswords")}.csv`}
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t("download", { ns: "common" })}
        </Button>
      }
    >
      <DataTable
        label={t("newPasswords")}
        rows={credentials}
        rowKey={(one) => one.device}
        columns={[
          { key: "user", header: t("person"), render: (one) => one.user },
          { key: "extension", header: t("extension"), render: (one) => one.extension },
          { key: "username", header: t("setup.username"), render: (one) => <Code>{one.username}</Code> },
          { key: "password", header: t("setup.password"), render: (one) => <Code>{one.password}</Code> },
        ]}
      />
    </Section>
  );
}
