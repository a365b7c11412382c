import { Group, MultiSelect, Select, Stack, Switch, TagsInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { DestinationSelect } from "@/ui/DestinationSelect";
import { nameOf, ObjectSelect } from "@/ui/ObjectSelect";
import { NumberField } from "./Parts";
import type { QueueEditor } from "./QueuePage";
import { skillsOf, skillTags } from "./skills";

interface Props {
  editor: QueueEditor;
}

/** Waiting, notes afterwards, breaks, and the target that is measured against. */
export function Times({ editor: { draft, put, errorOf } }: Props) {
  const { t } = useTranslation("teams");
  const numbers = [
    "wrap_up_seconds",
    "retry_seconds",
    "no_answer_pause",
    "service_level_seconds",
    "short_abandon_seconds",
    "priority",
  ] as const;
  return (
    <>
      {numbers.map((field) => (
        <NumberField
          key={field}
          label={t(`field.${field}`)}
          hint={t(`fieldHint.${field}`)}
          seconds={field.endsWith("seconds")}
          min={field === "priority" ? -100 : 0}
          value={draft[field]}
          error={errorOf(field)}
          onChange={(value) => put({ [field]: value })}
        />
      ))}
      <Switch
        label={t("lastAgent")}
        description={t("lastAgentHint")}
        checked={draft.last_agent.enabled}
        onChange={() => put({ last_agent: { ...draft.last_agent, enabled: !draft.last_agent.enabled } })}
      />
      {draft.strategy === "skills" && (
        <TagsInput
          label={t("skillsAsked")}
          description={t("skillsAskedHint")}
          placeholder={t("skillsExample")}
          maw={480}
          value={skillTags(draft.skills)}
          onChange={(tags) => put({ skills: skillsOf(tags) })}
        />
      )}
    </>
  );
}

/** What is heard while one waits. */
export function Announcements({ editor: { draft, put } }: Props) {
  const { t } = useTranslation("teams");
  const prompts = useObjects("prompt").data ?? [];
  const { announce, periodic } = draft;
  return (
    <>
      {(["welcome", "music", "report_to_agent"] as const).map((field) => (
        <ObjectSelect
          key={field}
          kind="prompt"
          label={t(`field.${field}`)}
          description={t(`fieldHint.${field}`)}
          maw={420}
          value={draft[field] || null}
          onChange={(prompt) => put({ [field]: prompt ?? "" })}
        />
      ))}
      <Switch
        label={t("position")}
        checked={announce.position}
        onChange={() => put({ announce: { ...announce, position: !announce.position } })}
      />
      <Switch
        label={t("wait")}
        checked={announce.wait}
        onChange={() => put({ announce: { ...announce, wait: !announce.wait } })}
      />
      {(announce.position || announce.wait) && (
        <Group align="flex-end">
          <NumberField
            label={t("firstAfter")}
            seconds
            value={announce.first_after_seconds}
            onChange={(first_after_seconds) => put({ announce: { ...announce, first_after_seconds } })}
          />
          <NumberField
            label={t("every")}
            seconds
            value={announce.every_seconds}
            onChange={(every_seconds) => put({ announce: { ...announce, every_seconds } })}
          />
        </Group>
      )}
      <MultiSelect
        label={t("periodic")}
        description={t("periodicHint")}
        maw={560}
        data={prompts.map((prompt) => ({ value: prompt.id, label: nameOf(prompt) }))}
        value={periodic.prompts}
        onChange={(chosen) => put({ periodic: { ...periodic, prompts: chosen } })}
      />
      {periodic.prompts.length > 0 && (
        <NumberField
          label={t("every")}
          seconds
          min={5}
          value={periodic.every_seconds}
          onChange={(every_seconds) => put({ periodic: { ...periodic, every_seconds } })}
        />
      )}
    </>
  );
}

/** When callers leave the queue by themselves, and where to. */
export function Overflows({ editor: { draft, put, errorOf } }: Props) {
  const { t } = useTranslation("teams");
  const { overflow } = draft;
  const change = (fields: Partial<typeof overflow>) => put({ overflow: { ...overflow, ...fields } });
  return (
    <>
      <Overflow
        label={t("overflow.wait")}
        on={Boolean(overflow.wait)}
        to={overflow.wait?.to}
        error={errorOf("overflow.wait.to")}
        onTurn={(on) => change({ wait: on ? { seconds: 300, to: "" } : null })}
        onTo={(to) => overflow.wait && change({ wait: { ...overflow.wait, to } })}
      >
        <NumberField
          label={t("afterWaiting")}
          seconds
          min={1}
          value={overflow.wait?.seconds}
          onChange={(seconds) => overflow.wait && change({ wait: { ...overflow.wait, seconds } })}
        />
      </Overflow>
      <Overflow
        label={t("overflow.size")}
        on={Boolean(overflow.size)}
        to={overflow.size?.to}
        error={errorOf("overflow.size.to")}
        onTurn={(on) => change({ size: on ? { callers: 10, to: "" } : null })}
        onTo={(to) => overflow.size && change({ size: { ...overflow.size, to } })}
      >
        <NumberField
          label={t("callers")}
          min={1}
          value={overflow.size?.callers}
          onChange={(callers) => overflow.size && change({ size: { ...overflow.size, callers } })}
        />
      </Overflow>
      <Overflow
        label={t("overflow.no_agents")}
        on={Boolean(overflow.no_agents)}
        to={overflow.no_agents?.to}
        error={errorOf("overflow.no_agents.to")}
        onTurn={(on) =>
          change({
            no_agents: on
              ? { to: "", paused_are_absent: false, while_waiting: true, after_seconds: 0 }
              : null,
          })
        }
        onTo={(to) => overflow.no_agents && change({ no_agents: { ...overflow.no_agents, to } })}
      />
    </>
  );
}

interface OverflowProps {
  label: string;
  on: boolean;
  to: string | undefined;
  error: React.ReactNode;
  onTurn: (on: boolean) => void;
  onTo: (to: string) => void;
  children?: React.ReactNode;
}

function Overflow({ label, on, to, error, onTurn, onTo, children }: OverflowProps) {
  const { t } = useTranslation("teams");
  return (
    <Stack gap="xs">
      <Switch label={label} checked={on} onChange={() => onTurn(!on)} />
      {on && (
        <Stack gap="xs" pl="xl">
          {children}
          <DestinationSelect
            label={t("overflowTo")}
            description={t("overflowToHint")}
            error={error}
            value={to ?? ""}
            onChange={onTo}
          />
        </Stack>
      )}
    </Stack>
  );
}

/** Callers may hang up and are called when it is their turn. */
export function Callback({ editor: { draft, put, errorOf } }: Props) {
  const { t } = useTranslation("teams");
  const { callback } = draft;
  const change = (fields: Partial<typeof callback>) => put({ callback: { ...callback, ...fields } });
  return (
    <>
      <Select
        label={t("callbackDigit")}
        description={t("callbackHint")}
        placeholder={t("noCallback")}
        clearable
        clearButtonProps={{ "aria-label": t("noCallback") }}
        maw={320}
        data={[..."0123456789*#"]}
        value={callback.digit || null}
        error={errorOf("callback.digit")}
        onChange={(digit) => change({ digit: digit ?? "" })}
      />
      {callback.digit && (
        <>
          <NumberField
            label={t("callbackAfter")}
            seconds
            value={callback.after_seconds}
            onChange={(after_seconds) => change({ after_seconds })}
          />
          <NumberField
            label={t("callbackAttempts")}
            min={1}
            max={20}
            value={callback.attempts}
            onChange={(attempts) => change({ attempts })}
          />
          <Switch
            label={t("callbackOther")}
            checked={callback.other_number}
            onChange={() => change({ other_number: !callback.other_number })}
          />
        </>
      )}
    </>
  );
}
