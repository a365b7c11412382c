import { Select, type SelectProps } from "@mantine/core";

interface Props extends Omit<SelectProps, "data" | "value" | "onChange"> {
  value: string;
  onChange: (value: string) => void;
}

/** Languages that the exchange speaks, each by its own name. */
const SPOKEN = [
  { value: "es", label: "Español" },
  { value: "en", label: "English" },
];

/** What callers are spoken to in. Another that was set elsewhere stays to be seen. */
export function LanguageSelect({ value, onChange, ...props }: Props) {
  const known = SPOKEN.some((one) => one.value === value);
  return (
    <Select
      allowDeselect={false}
      data={known ? SPOKEN : [...SPOKEN, { value, label: value }]}
      value={value}
      onChange={(next) => next && onChange(next)}
      {...props}
    />
  );
}
