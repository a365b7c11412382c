import { Select, type SelectProps } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { countries, timeZones } from "./countries";

interface Props extends Omit<SelectProps, "data" | "value" | "onChange"> {
  value: string;
  onChange: (value: string) => void;
}

/** A country, by its name; the value is its ISO 3166-1 code. */
export function CountrySelect({ value, onChange, ...props }: Props) {
  const { i18n } = useTranslation();
  const data = useMemo(() => countries(i18n.language), [i18n.language]);
  return (
    <Select
      searchable
      allowDeselect={false}
      data={data}
      value={value || null}
      onChange={(next) => next && onChange(next)}
      {...props}
    />
  );
}

/** A clock, by its IANA name. */
export function TimeZoneSelect({ value, onChange, ...props }: Props) {
  const data = useMemo(
    () => timeZones().map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
    [],
  );
  return (
    <Select
      searchable
      allowDeselect={false}
      limit={80}
      data={data}
      value={value || null}
      onChange={(next) => next && onChange(next)}
      {...props}
    />
  );
}
