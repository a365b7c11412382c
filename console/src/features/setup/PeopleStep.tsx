import { ActionIcon, Badge, Button, Checkbox, Group, Paper, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Stored } from "@/api/objects";
import { ButtonTo } from "@/ui/LinkTo";
import type { Person } from "./plan";
import classes from "./Setup.module.css";
import { Way, WizardFrame } from "./WizardFrame";

interface Props {
  site: Stored<"site">;
  start: Person[];
  invite: boolean;
  onInvite: (invite: boolean) => void;
  onNext: (people: Person[]) => void;
}

function usePeopleForm(start: Person[]) {
  const { t } = useTranslation("setup");
  return useForm<{ people: Person[] }>({
    initialValues: { people: start },
    validate: {
      people: {
        name: (name, { people }, path) => {
          const index = Number(path.split(".")[1]);
          const wanted = index === 0 || people[index]?.mail.trim();
          return name.trim() || !wanted ? null : t("needed");
        },
        mail: (mail) => (mail.trim() === "" || /^[^\s@]+@[^\s@]+$/.test(mail.trim()) ? null : t("noMail")),
      },
    },
  });
}

/** Who works here: each gets an extension and the account of a telephone. */
export function PeopleStep({ site, start, invite, onInvite, onNext }: Props) {
  const { t } = useTranslation("setup");
  const form = usePeopleForm(start);
  const { people } = form.values;
  const add = () => form.insertListItem("people", { key: crypto.randomUUID(), name: "", mail: "" });
  return (
    <WizardFrame step="people" title={t("people")} intro={t("peopleIntro")}>
      <form
        onSubmit={form.onSubmit((values) => onNext(values.people.filter((one) => one.name.trim())))}
        noValidate
      >
        <Stack gap="sm">
          {people.map((person, index) => (
            <Row
              key={person.key}
              index={index}
              extension={String(Number(site.first_extension ?? "100") + index)}
              form={form}
              only={people.length === 1}
            />
          ))}
          <Group>
            <Button
              variant="light"
              leftSection={<IconPlus size={18} />}
              onClick={add}
              disabled={people.length >= 50}
            >
              {t("addPerson")}
            </Button>
          </Group>
          <Checkbox
            mt="xs"
            label={t("invite")}
            description={t("inviteHint")}
            checked={invite}
            onChange={(event) => onInvite(event.currentTarget.checked)}
          />
        </Stack>
        <Way
          beside={
            <ButtonTo to="/" variant="subtle" color="gray">
              {t("skipAll")}
            </ButtonTo>
          }
        />
      </form>
    </WizardFrame>
  );
}

interface RowProps {
  index: number;
  extension: string;
  form: ReturnType<typeof usePeopleForm>;
  only: boolean;
}

function Row({ index, extension, form, only }: RowProps) {
  const { t } = useTranslation("setup");
  const number = index + 1;
  return (
    <Paper withBorder p="sm" role="group" aria-label={t("person", { number })}>
      <div className={classes.person}>
        <Badge variant="light" size="lg" tt="none" className={classes.extension}>
          {t("extension", { extension })}
        </Badge>
        <TextInput
          label={t("personName")}
          required={index === 0}
          autoComplete="off"
          {...form.getInputProps(`people.${index}.name`)}
        />
        <TextInput
          label={t("personMail")}
          type="email"
          autoComplete="off"
          {...form.getInputProps(`people.${index}.mail`)}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={classes.remove}
          aria-label={t("removePerson", { number })}
          disabled={only}
          onClick={() => form.removeListItem("people", index)}
        >
          <IconTrash size={18} />
        </ActionIcon>
      </div>
    </Paper>
  );
}
