import { Alert, Autocomplete, SimpleGrid, Switch, Text, TextInput } from "@mantine/core";
import { IconAmbulance } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Kinds, useObjects } from "@/api/objects";
import { CountrySelect, TimeZoneSelect } from "@/ui/CountrySelect";
import { here, zoneIn } from "@/ui/countries";
import { Edited, type Editor, EditorFrame, type Seen, useEditor } from "@/ui/editor";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { Section } from "@/ui/Section";
import { LanguageSelect } from "./LanguageSelect";
import { bare, emergencyGap, rangeSize } from "./sites";

type SiteDraft = Omit<Kinds["site"], "id" | "kind">;

/** One place: its clock, its extensions, what is shown to those it calls, and where help is sent. */
export function SitePage() {
  return <Edited kind="site" form={SiteForm} />;
}

function fresh(language: string): SiteDraft {
  const { country, zone } = here();
  return {
    name: "",
    country,
    time_zone: zone,
    language: language === "en" ? "en" : "es",
    first_extension: "100",
    last_extension: "199",
    number: "",
    music: null,
    dial_abroad: false,
    location: "",
    emergency_callback: "",
  };
}

function SiteForm({ stored }: { stored: Seen<"site"> | null }) {
  const { t, i18n } = useTranslation("settings");
  const editor = useEditor({
    kind: "site",
    stored,
    initial: fresh(i18n.language),
    sent: (draft) => ({
      ...draft,
      number: bare(draft.number),
      emergency_callback: bare(draft.emergency_callback),
    }),
    back: "settings/sites",
  });
  const name = stored?.object.name || stored?.object.id || "";
  return (
    <EditorFrame
      title={stored ? name : t("sites.new")}
      back="settings/sites"
      backLabel={t("places.sites")}
      removable={stored ? { kind: "site", id: stored.object.id, name } : undefined}
      editor={editor}
    >
      <Whereabouts editor={editor} />
      <Extensions editor={editor} />
      <Outside editor={editor} />
      <Emergency editor={editor} />
    </EditorFrame>
  );
}

interface PartProps {
  editor: Editor<SiteDraft>;
}

function Whereabouts({ editor: { draft, put, errorOf } }: PartProps) {
  const { t } = useTranslation("settings");
  return (
    <Section title={t("site.where")} hint={t("site.whereHint")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t("name", { ns: "common" })}
          required
          value={draft.name}
          error={errorOf("name")}
          onChange={(event) => put({ name: event.currentTarget.value })}
        />
        <CountrySelect
          label={t("site.country")}
          description={t("site.countryHint")}
          value={draft.country}
          error={errorOf("country")}
          onChange={(country) => put({ country, time_zone: zoneIn(country, draft.time_zone) })}
        />
        <TimeZoneSelect
          label={t("site.zone")}
          description={t("site.zoneHint")}
          value={draft.time_zone}
          error={errorOf("time_zone")}
          onChange={(time_zone) => put({ time_zone })}
        />
        <LanguageSelect
          label={t("site.language")}
          description={t("site.languageHint")}
          value={draft.language}
          error={errorOf("language")}
          onChange={(language) => put({ language })}
        />
      </SimpleGrid>
    </Section>
  );
}

function Extensions({ editor: { draft, put, errorOf } }: PartProps) {
  const { t } = useTranslation("settings");
  const size = rangeSize(draft.first_extension, draft.last_extension);
  return (
    <Section title={t("site.extensions")} hint={t("site.extensionsHint")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        {(["first_extension", "last_extension"] as const).map((field) => (
          <TextInput
            key={field}
            label={t(`site.${field}`)}
            inputMode="numeric"
            required
            value={draft[field]}
            error={errorOf(field)}
            onChange={(event) => put({ [field]: event.currentTarget.value.trim() })}
          />
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {size === null ? t("site.noRange") : t("site.rangeSize", { count: size })}
      </Text>
    </Section>
  );
}

function NumberInput({
  field,
  editor: { draft, put, errorOf },
}: PartProps & { field: "number" | "emergency_callback" }) {
  const { t } = useTranslation("settings");
  const numbers = useObjects("number").data ?? [];
  return (
    <Autocomplete
      label={t(`site.${field}`)}
      description={t(`site.${field}Hint`)}
      placeholder="+34 910 000 000"
      type="tel"
      data={numbers.map((one) => one.number)}
      value={draft[field]}
      error={errorOf(field)}
      onChange={(value) => put({ [field]: value })}
    />
  );
}

function Outside({ editor }: PartProps) {
  const { t } = useTranslation("settings");
  const { draft, put, errorOf } = editor;
  return (
    <Section title={t("site.outside")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput field="number" editor={editor} />
        <ObjectSelect
          kind="prompt"
          label={t("site.music")}
          description={t("site.musicHint")}
          placeholder={t("site.musicDefault")}
          clearButtonProps={{ "aria-label": t("site.musicDefault") }}
          value={draft.music}
          error={errorOf("music")}
          onChange={(music) => put({ music })}
        />
      </SimpleGrid>
      <Switch
        label={t("site.dialAbroad")}
        description={t("site.dialAbroadHint")}
        checked={draft.dial_abroad}
        onChange={(event) => put({ dial_abroad: event.currentTarget.checked })}
      />
    </Section>
  );
}

function Emergency({ editor }: PartProps) {
  const { t } = useTranslation("settings");
  const { draft, put, errorOf } = editor;
  const gap = emergencyGap(draft);
  return (
    <Section title={t("site.emergency")} hint={t("site.emergencyHint")}>
      {gap && (
        <Alert color="lamp" icon={<IconAmbulance />} title={t(`sites.gap.${gap}`)}>
          {t(`site.gapHint.${gap}`)}
        </Alert>
      )}
      <TextInput
        label={t("site.location")}
        description={t("site.locationHint")}
        placeholder={t("site.locationExample")}
        value={draft.location}
        error={errorOf("location")}
        onChange={(event) => put({ location: event.currentTarget.value })}
      />
      <NumberInput field="emergency_callback" editor={editor} />
    </Section>
  );
}
