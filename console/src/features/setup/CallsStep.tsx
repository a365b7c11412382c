import { Box, Group, Radio, Select, Stack, Text, Textarea, ThemeIcon } from "@mantine/core";
import { IconBellRinging, IconListNumbers, IconUsersGroup } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { ChoicesEditor } from "./ChoicesEditor";
import type { Making } from "./making";
import { type Answers, type Calls, EVERYBODY, type Person, TEMPLATES, type Template } from "./plan";
import { Way, WizardFrame } from "./WizardFrame";

const ICONS = { everybody: IconBellRinging, menu: IconListNumbers, queue: IconUsersGroup } as const;

interface Props {
  company: string;
  answers: Answers;
  making: Making;
  back: () => void;
  onKeep: (calls: Calls) => void;
  onNext: (calls: Calls) => void;
}

/** What callers hear, whose telephones ring, and what happens when nobody answers. */
export function CallsStep({ company, answers, making, back, onKeep, onNext }: Props) {
  const { t } = useTranslation("setup");
  const { people, hours } = answers;
  const [template, setTemplate] = useState<Template>(answers.calls.template);
  const [voicemail, setVoicemail] = useState(mailboxOf(answers.calls.voicemail, people));
  const [choices, setChoices] = useState(() =>
    answers.calls.choices.length
      ? answers.calls.choices
      : [
          { digit: "1", label: t("sales"), to: EVERYBODY },
          { digit: "2", label: t("office"), to: people[0]?.key ?? EVERYBODY },
        ],
  );
  const [own, setOwn] = useState<{ welcome?: string; closed?: string }>({});
  const spoken = company.replace(/\.$/, ""); // a sentence ends after it
  const said = choices.filter((choice) => choice.label.trim());
  const proposed =
    template === "menu"
      ? [
          t("say.menu", { company: spoken }),
          ...said.map(({ label, digit }) => t("say.choice", { label: label.trim(), digit })),
        ].join(" ")
      : t("say.welcome", { company: spoken });
  const welcome = own.welcome ?? (answers.calls.welcome || proposed);
  const closed = own.closed ?? (answers.calls.closed || t("say.closed", { company: spoken }));
  const calls = { template, voicemail, choices: said, welcome, closed };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onNext(calls);
  };
  const goBack = () => {
    onKeep({ ...calls, choices, welcome: own.welcome ?? "", closed: own.closed ?? "" });
    back();
  };
  return (
    <WizardFrame step="calls" title={t("calls")} intro={t("callsIntro")}>
      <form onSubmit={submit}>
        <Stack>
          <ProblemAlert error={making.error} />
          <Radio.Group
            aria-label={t("calls")}
            value={template}
            onChange={(next) => setTemplate(next as Template)}
          >
            <Stack gap="sm">
              {TEMPLATES.map((one) => (
                <TemplateCard key={one} template={one} />
              ))}
            </Stack>
          </Radio.Group>
          {template === "menu" && <ChoicesEditor people={people} choices={choices} onChange={setChoices} />}
          <Textarea
            label={t("welcomeText")}
            description={t(template === "menu" ? "menuTextHint" : "welcomeTextHint")}
            autosize
            minRows={2}
            maxLength={1000}
            required={template === "menu"}
            value={welcome}
            onChange={(event) => setOwn({ ...own, welcome: event.currentTarget.value })}
          />
          <Select
            label={t("voicemail")}
            description={t("voicemailHint")}
            allowDeselect={false}
            data={people.map(({ key, name }) => ({ value: key, label: name }))}
            value={voicemail}
            onChange={(next) => next && setVoicemail(next)}
          />
          {!hours.always && (
            <Textarea
              label={t("closedText")}
              description={t("closedTextHint")}
              autosize
              minRows={2}
              maxLength={1000}
              value={closed}
              onChange={(event) => setOwn({ ...own, closed: event.currentTarget.value })}
            />
          )}
        </Stack>
        <Way back={goBack} loading={making.isPending} label={t("makeAll")} />
      </form>
    </WizardFrame>
  );
}

function mailboxOf(key: string, people: Person[]): string {
  return people.some((person) => person.key === key) ? key : (people[0]?.key ?? "");
}

function TemplateCard({ template }: { template: Template }) {
  const { t } = useTranslation("setup");
  const Icon = ICONS[template];
  return (
    <Radio.Card value={template} p="md" radius="md">
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <ThemeIcon variant="light" size="lg" aria-hidden>
          <Icon size={20} />
        </ThemeIcon>
        <Box>
          <Text fw={600}>{t(`template.${template}.name`)}</Text>
          <Text size="sm" c="dimmed">
            {t(`template.${template}.hint`)}
          </Text>
        </Box>
      </Group>
    </Radio.Card>
  );
}
