import { Loader, Select, type SelectProps } from "@mantine/core";
import { type Kind, type Stored, useObjects } from "@/api/objects";

interface Props<K extends Kind> extends Omit<SelectProps, "data" | "value" | "onChange"> {
  kind: K;
  value: string | null | undefined;
  onChange: (id: string | null) => void;
}

/** What people call an object. */
export function nameOf(object: {
  id: string;
  name?: string;
  extension?: string | null;
  number?: string;
}): string {
  const name = object.name || object.number || object.id;
  return object.extension ? `${name} (${object.extension})` : name;
}

/** One object of a kind, chosen by its name. */
export function ObjectSelect<K extends Kind>({ kind, value, onChange, ...props }: Props<K>) {
  const { data, isPending } = useObjects(kind);
  const options = (data ?? []).map((object: Stored<K>) => ({ value: object.id, label: nameOf(object) }));
  return (
    <Select
      searchable
      clearable={!props.required}
      data={options}
      value={value ?? null}
      onChange={onChange}
      rightSection={isPending ? <Loader size="xs" /> : undefined}
      {...props}
    />
  );
}
