import { Button, FileButton, Group, Select, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";
import { Section } from "@/ui/editor";
import type { CalendarEditor } from "./CalendarPage";

/** Where the holidays come from: a country and its region, and an iCalendar by address or file. */
export function Sources({ editor }: { editor: CalendarEditor }) {
  const { t } = useTranslation("hours");
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Section title={t("public")} hint={t("publicHint")}>
        <Public editor={editor} />
      </Section>
      <Section title="iCalendar" hint={t("icalHint")}>
        <ICalendar editor={editor} />
      </Section>
    </SimpleGrid>
  );
}

function Public({ editor }: { editor: CalendarEditor }) {
  const { t, i18n } = useTranslation("hours");
  const tenant = useTenant();
  const { draft, put, errorOf } = editor;
  const country = draft.country || draft.region.split("-")[0] || "";
  const { data } = useQuery({
    queryKey: ["holiday-countries", country],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/holiday-countries", {
          params: { path: { tenant }, query: { country: country || "ES" } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const names = new Intl.DisplayNames(i18n.language, { type: "region" });
  const countries = (data?.countries ?? [])
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .sort((one, other) => one.label.localeCompare(other.label, i18n.language));
  const regions = country
    ? (data?.regions ?? [])
        .map((region) => ({ value: region.code, label: i18n.language === "es" ? region.es : region.en }))
        .sort((one, other) => one.label.localeCompare(other.label, i18n.language))
    : [];
  const region = draft.region && !draft.region.includes("-") ? `${country}-${draft.region}` : draft.region;
  return (
    <Group align="flex-start">
      <Select
        label={t("country")}
        placeholder={t("noCountry")}
        data={countries}
        value={country || null}
        error={errorOf("country")}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("noCountry") }}
        style={{ flex: "1 1 12rem" }}
        onChange={(chosen) => put({ country: chosen ?? "", region: "" })}
      />
      <Select
        label={t("region")}
        placeholder={t("wholeCountry")}
        data={regions}
        value={region || null}
        error={errorOf("region")}
        disabled={regions.length === 0}
        searchable
        clearable
        clearButtonProps={{ "aria-label": t("wholeCountry") }}
        style={{ flex: "1 1 12rem" }}
        onChange={(chosen) => put({ region: chosen ?? "" })}
      />
    </Group>
  );
}

function ICalendar({ editor }: { editor: CalendarEditor }) {
  const { t } = useTranslation("hours");
  const { draft, put, errorOf } = editor;
  const take = async (file: File | null) => file && put({ ics: await file.text() });
  return (
    <>
      <TextInput
        label={t("url")}
        description={t("urlHint")}
        placeholder="https://…"
        type="url"
        value={draft.url}
        error={errorOf("url")}
        onChange={(event) => put({ url: event.currentTarget.value.trim() })}
      />
      <Group>
        <FileButton onChange={(file) => void take(file)} accept=".ics,text/calendar">
          {(props) => (
            <Button {...props} variant="default">
              {t("icsFile")}
            </Button>
          )}
        </FileButton>
        {draft.ics && (
          <>
            <Text size="sm">{t("icsThere", { count: draft.ics.split("BEGIN:VEVENT").length - 1 })}</Text>
            <Button variant="subtle" color="red" size="compact-sm" onClick={() => put({ ics: "" })}>
              {t("icsDrop")}
            </Button>
          </>
        )}
      </Group>
      {errorOf("ics") && (
        <Text size="sm" c="red" role="alert">
          {errorOf("ics")}
        </Text>
      )}
    </>
  );
}
