import { Checkbox, Group, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dayOf, written } from "./dates";

interface Props {
  label: string;
  /** `2026-12-24` or `12-24`. */
  value: string;
  onChange: (value: string) => void;
  error?: ReactNode;
  disabled?: boolean;
}

/** The date alone; whether it is of every year is asked beside it, once for from and to. */
export function DayInput({ label, value, onChange, error, disabled }: Props) {
  const day = dayOf(value, new Date().getFullYear());
  return (
    <TextInput
      type="date"
      label={label}
      value={day.date}
      error={error}
      disabled={disabled ?? false}
      onChange={(event) => onChange(written({ ...day, date: event.currentTarget.value }))}
    />
  );
}

/** Whether some days are of every year. */
export function Yearly({
  values,
  onChange,
  disabled,
}: {
  values: string[];
  onChange: (values: string[]) => void;
  disabled?: boolean;
}) {
  const { t } = useTranslation("hours");
  const year = new Date().getFullYear();
  const yearly = values.every((value) => value.length === 5);
  return (
    <Group h={36}>
      <Checkbox
        label={t("everyYear")}
        checked={yearly}
        disabled={disabled ?? false}
        onChange={() => onChange(values.map((value) => written({ ...dayOf(value, year), yearly: !yearly })))}
      />
    </Group>
  );
}
