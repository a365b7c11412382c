import { Group, Select, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/objects";
import { nameOf } from "./ObjectSelect";

const KINDS = ["flow", "queue", "group", "user", "voicemail", "extension", "external", "hang-up"] as const;
type DestinationKind = (typeof KINDS)[number];
const CHOSEN = { flow: "flow", queue: "queue", group: "group", user: "user", voicemail: "user" } as const;

interface Props {
  label: string;
  description?: string;
  error?: ReactNode;
  required?: boolean;
  /** `user:ana`, `flow:main`, `external:+34…`, `hang-up`; empty: nowhere. */
  value: string;
  onChange: (destination: string) => void;
  /** Kinds that make no sense here. */
  without?: readonly DestinationKind[];
}

/** Where a call goes. */
export function DestinationSelect({
  label,
  description,
  error,
  required,
  value,
  onChange,
  without = [],
}: Props) {
  const { t } = useTranslation();
  const [head = "", ...rest] = value.split(":");
  const kind = KINDS.find((one) => one === head);
  const id = rest.join(":");
  return (
    <Group gap="xs" align="flex-end" wrap="wrap">
      <Select
        label={label}
        description={description}
        error={error}
        required={required ?? false}
        clearable={!required}
        style={{ flex: "1 1 11rem" }}
        data={KINDS.filter((one) => !without.includes(one)).map((one) => ({
          value: one,
          label: t(`destination.${one}`),
        }))}
        value={kind ?? null}
        onChange={(next) => onChange(next === null ? "" : next === "hang-up" ? next : `${next}:`)}
      />
      {kind && kind in CHOSEN && (
        <Chosen
          kind={CHOSEN[kind as keyof typeof CHOSEN]}
          label={t(`destination.${kind}`)}
          value={id}
          onChange={(next) => onChange(`${kind}:${next}`)}
        />
      )}
      {(kind === "external" || kind === "extension") && (
        <TextInput
          aria-label={t(`destination.${kind}`)}
          style={{ flex: "1 1 11rem" }}
          inputMode="tel"
          placeholder={kind === "external" ? "+34 910 000 000" : "700"}
          value={id}
          onChange={(event) => onChange(`${kind}:${event.currentTarget.value.replaceAll(/[\s().-]/g, "")}`)}
        />
      )}
    </Group>
  );
}

interface ChosenProps {
  kind: "flow" | "queue" | "group" | "user";
  label: string;
  value: string;
  onChange: (id: string) => void;
}

function Chosen({ kind, label, value, onChange }: ChosenProps) {
  const { data } = useObjects(kind);
  return (
    <Select
      aria-label={label}
      searchable
      style={{ flex: "1 1 11rem" }}
      data={(data ?? []).map((object) => ({ value: object.id, label: nameOf(object) }))}
      value={value || null}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}

/** A destination in words: "Cola Ventas", "Contestador de Ana". */
export function useDestinationName(): (destination: string) => string {
  const { t } = useTranslation();
  const flows = useObjects("flow").data;
  const queues = useObjects("queue").data;
  const groups = useObjects("group").data;
  const users = useObjects("user").data;
  const lists: Record<string, { id: string }[] | undefined> = {
    flow: flows,
    queue: queues,
    group: groups,
    user: users,
    voicemail: users,
  };
  return (destination) => {
    if (!destination) return t("destination.none");
    const [kind = "", ...rest] = destination.split(":");
    const id = rest.join(":");
    const object = lists[kind]?.find((one) => one.id === id);
    const name = object ? nameOf(object) : id;
    return [t(`destination.${kind}`, { defaultValue: kind }), name].filter(Boolean).join(" ");
  };
}
