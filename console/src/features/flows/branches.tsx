/** Branches of a step, looked at in order: places, callers, answers of a web service. */
import { Group, MultiSelect, NumberInput, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { ObjectSelect } from "@/ui/ObjectSelect";
import { areaGroups } from "./areas";
import { ExitSelect } from "./ExitSelect";
import type { FieldProps } from "./fields";
import type { NodeOf } from "./graph";
import { RemoveButton } from "./RemoveButton";
import { AddButton } from "./targets";

interface Shown extends FieldProps {
  fresh: unknown;
  children: (index: number) => ReactNode;
}

/** The frame around each branch: its number, what it asks, where it goes on. */
function Branches({ id, node, words, disabled, change, fresh, children }: Shown) {
  const { t } = words;
  const branches = ((node as NodeOf<"lookup">).branches ?? []) as unknown as { to?: string | null }[];
  const least = node.type === "lookup" ? 0 : 1;
  return (
    <Stack gap="xs">
      {branches.map((branch, index) => (
        <Paper
          // biome-ignore lint/suspicious/noArrayIndexKey: a branch is nothing but its place
          key={index}
          withBorder
          p="sm"
          component="section"
          aria-label={t("caseOf", { number: index + 1 })}
        >
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm" fw={600}>
                {t("caseOf", { number: index + 1 })}
              </Text>
              <RemoveButton
                label={t("removeCase", { number: index + 1 })}
                hidden={disabled || branches.length <= least}
                onClick={() =>
                  change(
                    ["branches"],
                    branches.filter((_, other) => other !== index),
                  )
                }
              />
            </Group>
            {children(index)}
            <ExitSelect
              id={id}
              path={["branches", index, "to"]}
              target={branch.to || null}
              label={t("goesTo")}
              words={words}
            />
          </Stack>
        </Paper>
      ))}
      <AddButton
        label={t("addCase")}
        disabled={disabled}
        onClick={() => change(["branches"], [...branches, fresh])}
      />
    </Stack>
  );
}

export function AreaBranches(props: FieldProps) {
  const { node, words, disabled, change } = props;
  const { t, language } = words;
  const groups = areaGroups(language).map((group) => ({
    group: t(`areaGroup.${group.key}`),
    items: group.codes,
  }));
  return (
    <Branches {...props} fresh={{ in: ["ES-MD"], to: null }}>
      {(index) => (
        <MultiSelect
          label={t("areas")}
          searchable
          disabled={disabled}
          data={groups}
          value={(node as NodeOf<"geography">).branches[index]?.in ?? []}
          onChange={(next) => change(["branches", index, "in"], next)}
        />
      )}
    </Branches>
  );
}

export function LookupBranches(props: FieldProps) {
  const { node, words, disabled, change } = props;
  return (
    <Branches {...props} fresh={{ equals: "", to: null }}>
      {(index) => (
        <TextInput
          label={words.t("equals")}
          disabled={disabled}
          value={(node as NodeOf<"lookup">).branches?.[index]?.equals ?? ""}
          onChange={(event) => change(["branches", index, "equals"], event.currentTarget.value)}
        />
      )}
    </Branches>
  );
}

export function CallerBranches(props: FieldProps) {
  return (
    <Branches {...props} fresh={{ anonymous: true, tag: "", to: null }}>
      {(index) => <CallerCase {...props} index={index} />}
    </Branches>
  );
}

function CallerCase({ node, words, disabled, change, index }: FieldProps & { index: number }) {
  const { t } = words;
  const branch = (node as NodeOf<"caller">).branches[index];
  if (!branch) return null;
  const set = (field: string, value: unknown) => change(["branches", index, field], value);
  const either = (field: "anonymous" | "internal", label: string, yes: string, no: string) => (
    <Select
      label={label}
      clearable
      placeholder={t("any")}
      disabled={disabled}
      data={[
        { value: "yes", label: yes },
        { value: "no", label: no },
      ]}
      value={branch[field] === true ? "yes" : branch[field] === false ? "no" : null}
      onChange={(next) => set(field, next === null ? null : next === "yes")}
    />
  );
  const days = (field: "seen_within_days" | "last_agent_within_days", label: string) => (
    <NumberInput
      label={label}
      placeholder={t("any")}
      min={1}
      max={3650}
      disabled={disabled}
      value={branch[field] ?? ""}
      onChange={(next) => set(field, typeof next === "number" ? next : null)}
    />
  );
  return (
    <>
      <ObjectSelect
        kind="contacts"
        label={t("caseList")}
        placeholder={t("any")}
        disabled={disabled}
        value={branch.contacts ?? null}
        onChange={(next) => set("contacts", next)}
      />
      {either("anonymous", t("caseNumber"), t("isAnonymous"), t("showsNumber"))}
      {either("internal", t("caseFrom"), t("isInside"), t("isOutside"))}
      {days("seen_within_days", t("caseSeen"))}
      {days("last_agent_within_days", t("caseAgent"))}
      <TextInput
        label={t("caseTag")}
        placeholder={t("any")}
        disabled={disabled}
        value={branch.tag ?? ""}
        onChange={(event) => set("tag", event.currentTarget.value)}
      />
    </>
  );
}
