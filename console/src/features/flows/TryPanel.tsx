import {
  Autocomplete,
  Button,
  Group,
  MultiSelect,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronUp, IconPlayerPlay } from "@tabler/icons-react";
import { useObjects } from "@/api/objects";
import { formErrors } from "@/ui/formErrors";
import { nameOf, ObjectSelect } from "@/ui/ObjectSelect";
import { ProblemAlert } from "@/ui/ProblemAlert";
import { useSimulate } from "./api";
import type { Words } from "./describe";
import { useEditor } from "./editor";
import { ManyObjects } from "./fields";
import { DIRECT, scenarioOf, type TrialValues } from "./scenario";
import { TryResult } from "./TryResult";

/** Try a call without making it: who, which number, when, what they press; the way lights up in the graph. */
export function TryPanel({ words }: { words: Words }) {
  const { t } = words;
  const { doc, tried, light } = useEditor();
  const [more, { toggle }] = useDisclosure(false);
  const simulate = useSimulate();
  const numbers = useObjects("number").data ?? [];
  const here = numbers.filter((one) => one.destination === `flow:${doc.id}`).map((one) => one.number);
  const zone = useObjects("site").data?.[0]?.time_zone ?? "";
  const form = useForm<TrialValues>({
    initialValues: {
      caller: "number",
      number: "+34 600 123 456",
      person: "",
      to: "",
      at: "",
      press: "",
      noAnswer: [],
      busy: [],
      offline: [],
      overrides: [],
    },
    validate: {
      number: (value, { caller }) =>
        caller === "number" && !/^\+?[0-9 ().-]{2,40}$/.test(value) ? t("nothingChosen") : null,
      person: (value, { caller }) => (caller === "inside" && !value ? t("nothingChosen") : null),
    },
  });
  const entry = here[0] ?? doc.extension ?? DIRECT;
  const shown = form.values.to || (entry === DIRECT ? t("try.direct") : entry);
  const run = form.onSubmit((values) => {
    const to = shown === t("try.direct") ? DIRECT : shown;
    simulate.mutate(scenarioOf({ ...values, to }, doc), {
      onSuccess: (result) => light({ result, doc }),
      onError: (error) => form.setErrors(formErrors(error)),
    });
  });
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t("try.intro")}
      </Text>
      <form onSubmit={run}>
        <Stack gap="sm">
          <div>
            <Text size="sm" fw={500} mb={4}>
              {t("try.from")}
            </Text>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-label={t("try.from")}
              data={[
                { value: "number", label: t("try.fromNumber") },
                { value: "anonymous", label: t("try.fromAnonymous") },
                { value: "inside", label: t("try.fromInside") },
              ]}
              {...form.getInputProps("caller")}
            />
          </div>
          {form.values.caller === "number" && (
            <TextInput label={t("try.number")} inputMode="tel" required {...form.getInputProps("number")} />
          )}
          {form.values.caller === "inside" && (
            <ObjectSelect
              kind="user"
              label={t("try.person")}
              required
              value={form.values.person || null}
              error={form.errors.person}
              onChange={(next) => form.setFieldValue("person", next ?? "")}
            />
          )}
          <Autocomplete
            label={t("try.to")}
            description={t("try.toHint")}
            data={[
              ...new Set([
                ...here,
                ...(doc.extension ? [doc.extension] : []),
                t("try.direct"),
                ...numbers.map((one) => one.number),
              ]),
            ]}
            value={shown}
            onChange={(next) => form.setFieldValue("to", next)}
            error={form.errors.to}
          />
          <DateTimePicker
            label={t("try.when")}
            description={t("try.whenHint", { zone })}
            valueFormat="ddd D MMM YYYY, HH:mm"
            clearable
            value={form.values.at || null}
            onChange={(next) => form.setFieldValue("at", next ?? "")}
          />
          <TextInput
            label={t("try.press")}
            description={t("try.pressHint")}
            inputMode="tel"
            {...form.getInputProps("press")}
          />
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={more}
            onClick={toggle}
            leftSection={more ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
            style={{ alignSelf: "flex-start" }}
          >
            {t("try.more")}
          </Button>
          {more && <World form={form} words={words} />}
          <Group>
            <Button type="submit" leftSection={<IconPlayerPlay size={16} />} loading={simulate.isPending}>
              {t("try.run")}
            </Button>
            {tried && (
              <Button variant="default" onClick={() => light(null)}>
                {t("try.clear")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      <ProblemAlert error={simulate.error} />
      <div aria-live="polite">
        {tried ? (
          <TryResult
            tried={tried}
            words={words}
            values={{ ...form.values, to: shown === t("try.direct") ? DIRECT : shown }}
          />
        ) : (
          <Text size="sm" c="dimmed">
            {t("try.notYet")}
          </Text>
        )}
      </div>
    </Stack>
  );
}

type TrialForm = Pick<UseFormReturnType<TrialValues>, "values" | "getInputProps" | "setFieldValue">;

/** How people and switches are while the call comes in. */
function World({ form, words }: { form: TrialForm; words: Words }) {
  const { t } = words;
  const users = useObjects("user").data ?? [];
  const people = (name: "noAnswer" | "busy" | "offline", label: string) => (
    <MultiSelect
      label={label}
      searchable
      clearable
      data={users.map((one) => ({ value: one.id, label: nameOf(one) }))}
      {...form.getInputProps(name)}
    />
  );
  return (
    <Stack gap="sm">
      <Text size="xs" c="dimmed">
        {t("try.busyHint")}
      </Text>
      {people("noAnswer", t("try.noAnswer"))}
      {people("busy", t("try.busyPeople"))}
      {people("offline", t("try.offline"))}
      <ManyObjects
        kind="override"
        label={t("try.overrides")}
        disabled={false}
        value={form.values.overrides}
        onChange={(next) => form.setFieldValue("overrides", next)}
      />
    </Stack>
  );
}
