import {
  Checkbox,
  MultiSelect,
  NumberInput,
  PasswordInput,
  SimpleGrid,
  TagsInput,
  TextInput,
} from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Kinds } from "@/api/objects";
import { countries } from "@/ui/countries";
import { Edited, EditorFrame, Section, type Seen, useEditor } from "@/ui/editor";
import { CLASSES, Scope } from "./Scope";

type Draft = Omit<Kinds["permission"], "id" | "kind">;
const NEW: Draft = {
  name: "",
  users: [],
  groups: [],
  sites: [],
  allow: ["internal", "local", "national", "mobile", "toll-free"],
  countries: [],
  pin_for: [],
  pin: "",
  block: [],
};

/** A PIN that is not written anew stays; without anything that asks for it, it goes. */
function sent(draft: Draft): Draft {
  const { pin, ...others } = draft;
  if (draft.pin_for.length === 0) return { ...others, pin: "" };
  return (pin ? draft : others) as Draft;
}

export function PermissionPage() {
  return <Edited kind="permission" form={Form} />;
}

function Form({ stored }: { stored: Seen<"permission"> | null }) {
  const { t, i18n } = useTranslation("outbound");
  const editor = useEditor({
    kind: "permission",
    stored,
    initial: NEW,
    sent,
    back: "outbound",
  });
  const { draft, put, errorOf } = editor;
  const name = stored ? stored.object.name || stored.object.id : "";
  const limits = ["max_calls", "daily_calls", "daily_minutes"] as const;
  return (
    <EditorFrame
      title={stored ? name : t("newPermission")}
      intro={t("permissionIntro")}
      back="outbound"
      backLabel={t("title")}
      editor={editor}
      removable={stored ? { kind: "permission", id: stored.object.id, name } : undefined}
    >
      <TextInput
        label={t("name", { ns: "common" })}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <Section title={t("who")} hint={t("scopeHint")}>
        <Scope draft={draft} put={put} />
      </Section>
      <Section title={t("allow")} hint={t("allowHint")}>
        <Checkbox.Group
          aria-label={t("allow")}
          value={draft.allow}
          onChange={(allow) => put({ allow: allow as Draft["allow"] })}
        >
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
            {CLASSES.map((kind) => (
              <Checkbox
                key={kind}
                value={kind}
                label={t(`class.${kind}`)}
                description={t(`classHint.${kind}`)}
              />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <MultiSelect
          label={t("countries")}
          description={t("countriesHint")}
          placeholder={draft.countries.length ? "" : t("anyCountry")}
          searchable
          maw={480}
          data={countries(i18n.language)}
          value={draft.countries}
          error={errorOf("countries")}
          onChange={(chosen) => put({ countries: chosen })}
        />
        <TagsInput
          label={t("block")}
          description={t("blockHint")}
          placeholder="+34806*"
          maw={480}
          value={draft.block}
          error={errorOf("block")}
          onChange={(block) => put({ block })}
        />
      </Section>
      <Section title="PIN" hint={t("pinHint")}>
        <MultiSelect
          label={t("pinFor")}
          maw={480}
          data={CLASSES.map((kind) => ({ value: kind, label: t(`class.${kind}`) }))}
          value={draft.pin_for}
          error={errorOf("pin_for")}
          onChange={(chosen) => put({ pin_for: chosen as Draft["pin_for"] })}
        />
        {draft.pin_for.length > 0 && (
          <PasswordInput
            label="PIN"
            description={stored ? t("pinKept") : t("pinDigits")}
            autoComplete="new-password"
            inputMode="numeric"
            maw={240}
            value={draft.pin ?? ""}
            error={errorOf("pin")}
            visibilityToggleButtonProps={{ "aria-label": t("showPin") }}
            onChange={(event) => put({ pin: event.currentTarget.value.replaceAll(/\D/g, "") })}
          />
        )}
      </Section>
      <Section title={t("limits")} hint={t("limitsHint")}>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {limits.map((field) => (
            <NumberInput
              key={field}
              label={t(`limit.${field}`)}
              placeholder={t("noLimit")}
              min={1}
              allowDecimal={false}
              value={draft[field] ?? ""}
              error={errorOf(field)}
              onChange={(value) => put({ [field]: typeof value === "number" ? value : null })}
            />
          ))}
        </SimpleGrid>
      </Section>
    </EditorFrame>
  );
}
