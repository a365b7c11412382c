import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Choice, EVERYBODY, type Person } from "./plan";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

interface Props {
  people: Person[];
  choices: Choice[];
  onChange: (choices: Choice[]) => void;
}

/** "For sales press 1": what callers can choose, and whom each choice rings. */
export function ChoicesEditor({ people, choices, onChange }: Props) {
  const { t } = useTranslation("setup");
  const free = DIGITS.find((digit) => !choices.some((choice) => choice.digit === digit));
  const change = (index: number, fields: Partial<Choice>) =>
    onChange(choices.map((choice, at) => (at === index ? { ...choice, ...fields } : choice)));
  const targets = [
    { value: EVERYBODY, label: t("toEverybody") },
    ...people.map(({ key, name }) => ({ value: key, label: name })),
  ];
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text size="sm" fw={500}>
          {t("choices")}
        </Text>
        {choices.map((choice, index) => (
          <Group
            key={choice.digit}
            gap="xs"
            align="flex-end"
            role="group"
            aria-label={t("choice", { digit: choice.digit })}
          >
            <Select
              label={t("digit")}
              w={70}
              allowDeselect={false}
              data={DIGITS.filter(
                (digit) => digit === choice.digit || !choices.some((c) => c.digit === digit),
              )}
              value={choice.digit}
              onChange={(digit) => digit && change(index, { digit })}
            />
            <TextInput
              label={t("choiceFor")}
              placeholder={t("sales")}
              style={{ flex: "1 1 8rem" }}
              maxLength={60}
              value={choice.label}
              onChange={(event) => change(index, { label: event.currentTarget.value })}
            />
            <Select
              label={t("choiceTo")}
              style={{ flex: "1 1 9rem" }}
              allowDeselect={false}
              data={targets}
              value={targets.some((one) => one.value === choice.to) ? choice.to : EVERYBODY}
              onChange={(to) => to && change(index, { to })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("removeChoice", { digit: choice.digit })}
              disabled={choices.length === 1}
              onClick={() => onChange(choices.filter((_, at) => at !== index))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            variant="light"
            size="xs"
            leftSection={<IconPlus size={16} />}
            disabled={!free}
            onClick={() => free && onChange([...choices, { digit: free, label: "", to: EVERYBODY }])}
          >
            {t("addChoice")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
