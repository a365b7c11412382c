import { Code, Group, MultiSelect, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { configurationChanged, type Stored, useObject, useObjects } from "@/api/objects";
import { useTenant } from "@/api/tenant";
import { EditorFrame, Section, useDraft } from "@/ui/editor";
import { formErrors } from "@/ui/formErrors";
import { LinkTo } from "@/ui/LinkTo";
import { Loaded } from "@/ui/Loaded";
import { nameOf } from "@/ui/ObjectSelect";
import { useSaved } from "@/ui/saved";
import { draftOf, type PromptDraft, SPOKEN, savePrompt } from "./savePrompt";
import { idOf } from "./slug";
import { addressOf } from "./uses";
import { useUses } from "./useUses";
import { Voice } from "./Voice";

export function PromptPage() {
  const { id } = useParams({ strict: false });
  const known = id === "new" ? undefined : id;
  const query = useObject("prompt", known);
  if (known === undefined) return <PromptForm stored={null} />;
  return <Loaded query={query}>{(stored) => <PromptForm key={known} stored={stored} />}</Loaded>;
}

interface Props {
  stored: { object: Stored<"prompt">; etag: string } | null;
}

function PromptForm({ stored }: Props) {
  const { t } = useTranslation("sounds");
  const tenant = useTenant();
  const navigate = useNavigate();
  const client = useQueryClient();
  const saved = useSaved();
  const { draft, put, dirty, left } = useDraft<PromptDraft>(draftOf(stored?.object ?? null));
  const others = useObjects("prompt").data ?? [];
  const saving = useMutation({
    mutationFn: () => {
      const id = stored?.object.id ?? idOf(draft.name, new Set(others.map((one) => one.id)));
      return savePrompt(tenant, id, draft, stored);
    },
    onSuccess: (outcome) => {
      left.current = true;
      saved(outcome);
      void navigate({ to: `/t/${tenant}/sounds` });
    },
    onSettled: () => configurationChanged(client, tenant),
  });
  const errors = formErrors(saving.error);
  const fresh = Object.keys(draft.fresh).length > 0;
  const name = stored?.object.name || stored?.object.id || "";
  return (
    <EditorFrame
      title={stored ? name : t("new")}
      intro={t("pageIntro")}
      back="sounds"
      backLabel={t("title")}
      removable={stored ? { kind: "prompt", id: stored.object.id, name } : undefined}
      editor={{
        dirty: dirty || fresh,
        left,
        error: saving.error,
        saving: saving.isPending,
        save: () => saving.mutate(),
      }}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        description={t("nameHint")}
        value={draft.name}
        error={errors.name}
        required
        maw={420}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {SPOKEN.map((language) => (
          <Voice key={language} language={language} draft={draft} put={put} stored={stored?.object ?? null} />
        ))}
      </SimpleGrid>
      <ByPhone draft={draft} put={put} error={errors.code} />
      {stored && <Used id={stored.object.id} />}
    </EditorFrame>
  );
}

interface PartProps {
  draft: PromptDraft;
  put: (fields: Partial<PromptDraft>) => void;
}

function ByPhone({ draft, put, error }: PartProps & { error: React.ReactNode }) {
  const { t } = useTranslation("sounds");
  const users = useObjects("user").data ?? [];
  return (
    <Section title={t("byPhone")} hint={t("byPhoneHint")}>
      <Group align="flex-start">
        <TextInput
          label={t("code")}
          description={t("codeHint")}
          inputMode="numeric"
          maxLength={3}
          value={draft.code}
          error={error}
          w={{ base: "100%", xs: 220 }}
          onChange={(event) => put({ code: event.currentTarget.value.replaceAll(/\D/g, "") })}
        />
        <MultiSelect
          label={t("who")}
          description={t("whoHint")}
          placeholder={draft.users.length ? "" : t("everybody")}
          data={users.map((user) => ({ value: user.id, label: nameOf(user) }))}
          value={draft.users}
          onChange={(chosen) => put({ users: chosen })}
          searchable
          disabled={!draft.code}
          style={{ flex: "1 1 16rem" }}
        />
      </Group>
      {draft.code && (
        <Text size="sm">
          {t("dial")} <Code>*77{draft.code}</Code> {t("dialThen")}
        </Text>
      )}
    </Section>
  );
}

function Used({ id }: { id: string }) {
  const { t } = useTranslation("sounds");
  const tenant = useTenant();
  const uses = useUses()?.get(id) ?? [];
  return (
    <Section title={t("used")}>
      {uses.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("unusedHint")}
        </Text>
      ) : (
        <Stack gap={4}>
          {uses.map((use) => (
            <Text size="sm" key={`${use.kind}/${use.id}`}>
              {t(`kind.${use.kind}`, { ns: "common" })}{" "}
              <LinkTo to={addressOf(tenant, use)}>{use.name}</LinkTo>
            </Text>
          ))}
        </Stack>
      )}
    </Section>
  );
}
