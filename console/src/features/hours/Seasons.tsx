import { Accordion, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { components } from "@/api/generated";
import { Section } from "@/ui/editor";
import { DayInput, Yearly } from "./DayInput";
import { AddButton, type ScheduleEditor, WeekField } from "./SchedulePage";

type Season = components["schemas"]["Season"];

/** Parts of the year with a week of their own: the summer. */
export function Seasons({ editor, disabled }: { editor: ScheduleEditor; disabled: boolean }) {
  const { t } = useTranslation("hours");
  const { draft, put } = editor;
  const change = (index: number, fields: Partial<Season>) =>
    put({ seasons: draft.seasons.map((one, at) => (at === index ? { ...one, ...fields } : one)) });
  const add = () =>
    put({
      seasons: [
        ...draft.seasons,
        { name: t("summer"), from: "06-15", to: "09-15", weekly: { "mon-fri": ["08:00-15:00"] } },
      ],
    });
  return (
    <Section
      title={t("seasons")}
      hint={t("seasonsHint")}
      actions={!disabled && <AddButton label={t("addSeason")} onClick={add} />}
    >
      {draft.seasons.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noSeasons")}
        </Text>
      ) : (
        <Accordion variant="separated" multiple defaultValue={draft.seasons.map((_, index) => String(index))}>
          {draft.seasons.map((season, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a season is known by its place alone
            <Accordion.Item key={index} value={String(index)}>
              <Accordion.Control>
                {season.name || t("season")} · {season.from} – {season.to}
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="md">
                  <Group align="flex-end" gap="sm">
                    <TextInput
                      label={t("name", { ns: "common" })}
                      value={season.name}
                      error={editor.errorOf(`seasons.${index}.name`)}
                      onChange={(event) => change(index, { name: event.currentTarget.value })}
                    />
                    <DayInput
                      label={t("from")}
                      value={season.from}
                      error={editor.errorOf(`seasons.${index}`)}
                      onChange={(from) => change(index, { from })}
                    />
                    <DayInput label={t("to")} value={season.to} onChange={(to) => change(index, { to })} />
                    <Yearly
                      values={[season.from, season.to]}
                      onChange={([from = "", to = ""]) => change(index, { from, to })}
                    />
                  </Group>
                  <WeekField
                    value={season.weekly}
                    disabled={disabled}
                    onChange={(weekly) => change(index, { weekly })}
                  />
                  {!disabled && (
                    <Group>
                      <Button
                        variant="subtle"
                        color="red"
                        onClick={() => put({ seasons: draft.seasons.filter((_, at) => at !== index) })}
                      >
                        {t("removeSeason")}
                      </Button>
                    </Group>
                  )}
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </Section>
  );
}
