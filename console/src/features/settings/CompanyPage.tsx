import { Button, Group, List, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { useDraft } from "@/ui/editor";
import { formErrors } from "@/ui/formErrors";
import { Loaded } from "@/ui/Loaded";
import { Page } from "@/ui/Page";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { Section } from "@/ui/Section";
import { useSaved } from "@/ui/saved";
import { type Company, useChangeCompany, useCompany, useProviders } from "./company";

/** The company: its name, how changes come into force, and how its people sign in. */
export function CompanyPage() {
  const { t } = useTranslation("settings");
  const company = useCompany();
  return (
    <Page title={t("places.company")} intro={t("company.intro")}>
      <Loaded query={company}>
        {({ data: { name, changes }, etag }) => (
          <CompanyForm key={etag} begun={{ name, changes }} etag={etag} />
        )}
      </Loaded>
      <SingleSignOn />
    </Page>
  );
}

function CompanyForm({ begun, etag }: { begun: Company; etag: string }) {
  const { t } = useTranslation("settings");
  const may = useMay("config.write");
  const change = useChangeCompany();
  const saved = useSaved();
  const { draft, put, dirty } = useDraft(begun);
  const errors = formErrors(change.error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // Said even when the form has been made anew of what was saved by then.
        void change.mutateAsync({ fields: draft, etag }).then(saved, () => undefined);
      }}
    >
      <Section title={t("company.title")}>
        <ProblemAlert error={change.error} />
        <TextInput
          label={t("name", { ns: "common" })}
          description={t("company.nameHint")}
          value={draft.name}
          error={errors.name}
          disabled={!may}
          maw={420}
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <Radio.Group
          label={t("company.changes")}
          description={t("company.changesHint")}
          value={draft.changes}
          error={errors.changes}
          onChange={(changes) => put({ changes: changes as Company["changes"] })}
        >
          <Stack gap="sm" mt="sm">
            {(["publish", "draft"] as const).map((way) => (
              <Radio
                key={way}
                value={way}
                disabled={!may}
                label={t(`company.${way}`)}
                description={t(`company.${way}Hint`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {begun.changes === "draft" && draft.changes === "publish" && (
          <Text size="sm">{t("company.backToPublish")}</Text>
        )}
        {may && (
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!dirty}>
              {t("save", { ns: "common" })}
            </Button>
          </Group>
        )}
      </Section>
    </form>
  );
}

function SingleSignOn() {
  const { t } = useTranslation("settings");
  const providers = useProviders();
  return (
    <Section title={t("sso.title")} hint={t("sso.hint")}>
      <Loaded query={providers}>
        {(found) =>
          found.length === 0 ? (
            <Text size="sm">{t("sso.none")}</Text>
          ) : (
            <>
              <Text size="sm">{t("sso.some")}</Text>
              <List size="sm">
                {found.map((provider) => (
                  <List.Item key={provider.id}>{provider.name}</List.Item>
                ))}
              </List>
              <Text size="sm" c="dimmed">
                {t("sso.how")}
              </Text>
            </>
          )
        }
      </Loaded>
    </Section>
  );
}
