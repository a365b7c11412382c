/** The plain fields of a step's form, by what they hold. Lists within a step are in `lists.tsx` and `choices.tsx`. */
import { MultiSelect, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import type { Kind } from "@/api/objects";
import { useObjects } from "@/api/objects";
import { nameOf } from "@/ui/ObjectSelect";
import { AreaBranches, CallerBranches, LookupBranches } from "./branches";
import { ChosenObject } from "./ChosenObject";
import { MenuChoices, QueueExits } from "./choices";
import type { Words } from "./describe";
import type { FlowNode, Path } from "./graph";
import type { Field } from "./kinds";
import { RingTargets, ShareTargets, Skills } from "./targets";

export interface FieldProps {
  /** The node's id. */
  id: string;
  node: FlowNode;
  field: Field;
  words: Words;
  error?: string | undefined;
  disabled: boolean;
  change: (path: Path, value: unknown) => void;
}

/** One field of a step's form. */
export function NodeField(props: FieldProps) {
  const { node, field, words, error, disabled, change } = props;
  const { t } = words;
  const value = (node as unknown as Record<string, unknown>)[field.name];
  const label = t(`field.${field.name}`);
  const help = t(`help.${field.name}`, { defaultValue: "" });
  const common = { label, disabled, error, ...(help ? { description: help } : {}) };
  const set = (next: unknown) => change([field.name], next);
  switch (field.form) {
    case "object":
      return (
        <ChosenObject
          {...common}
          kind={field.kind}
          required={!field.optional}
          value={typeof value === "string" ? value : null}
          onChange={(next) => set(next ?? (field.optional ? null : ""))}
        />
      );
    case "objects":
      return <ManyObjects {...common} kind={field.kind} value={(value as string[]) ?? []} onChange={set} />;
    case "number":
      return (
        <NumberInput
          {...common}
          min={field.min}
          max={field.max}
          suffix={field.suffix ? t(`suffix.${field.suffix}`) : ""}
          value={typeof value === "number" ? value : ""}
          onChange={(next) => {
            if (typeof next === "number") set(next);
            else if (field.optional) set(null);
          }}
        />
      );
    case "text":
      return (
        <TextInput
          {...common}
          required={!field.optional}
          styles={field.mono ? { input: { fontFamily: "monospace" } } : {}}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
    case "switch":
      return (
        <Switch {...common} checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
      );
    case "choice":
      return (
        <Select
          {...common}
          allowDeselect={false}
          clearable={field.optional === true}
          {...(field.optional ? { placeholder: t("asItIs") } : {})}
          data={field.options.map((one) => ({ value: one, label: t(`option.${field.name}.${one}`) }))}
          value={typeof value === "string" ? value : null}
          onChange={(next) => set(next)}
        />
      );
    case "yesNo":
      return (
        <Select
          {...common}
          clearable
          placeholder={t("asItIs")}
          data={[
            { value: "yes", label: t("yes", { ns: "common" }) },
            { value: "no", label: t("no", { ns: "common" }) },
          ]}
          value={value === true ? "yes" : value === false ? "no" : null}
          onChange={(next) => set(next === null ? null : next === "yes")}
        />
      );
    case "ringTargets":
      return <RingTargets {...props} />;
    case "shareTargets":
      return <ShareTargets {...props} />;
    case "skills":
      return <Skills {...props} />;
    case "areaBranches":
      return <AreaBranches {...props} />;
    case "callerBranches":
      return <CallerBranches {...props} />;
    case "lookupBranches":
      return <LookupBranches {...props} />;
    case "menuChoices":
      return <MenuChoices {...props} />;
    case "queueExits":
      return <QueueExits {...props} />;
  }
}

interface ManyProps {
  kind: Kind;
  label: string;
  description?: string;
  error?: string | undefined;
  disabled: boolean;
  value: string[];
  onChange: (ids: string[]) => void;
}

export function ManyObjects({ kind, value, onChange, ...props }: ManyProps) {
  const { data } = useObjects(kind);
  return (
    <MultiSelect
      {...props}
      searchable
      data={(data ?? []).map((object) => ({ value: object.id, label: nameOf(object) }))}
      value={value}
      onChange={onChange}
    />
  );
}
