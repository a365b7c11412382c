import { NumberInput, Select, type SelectProps, Text, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface NumberFieldProps {
  label: string;
  hint?: string;
  value: number | null | undefined;
  onChange: (value: number) => void;
  min?: number;
  max?: number;
  seconds?: boolean;
  error?: ReactNode;
}

/** A whole number; with `seconds` of time. */
export function NumberField({
  label,
  hint,
  value,
  onChange,
  min = 0,
  max,
  seconds,
  error,
}: NumberFieldProps) {
  return (
    <NumberInput
      label={label}
      description={hint}
      value={value ?? ""}
      min={min}
      {...(max === undefined ? {} : { max })}
      allowDecimal={false}
      suffix={seconds ? " s" : ""}
      error={error}
      maw={320}
      onChange={(next) => typeof next === "number" && onChange(next)}
    />
  );
}

interface CommonProps {
  draft: { name: string; extension?: string | null };
  put: (fields: { name?: string; extension?: string | null }) => void;
  errorOf: (field: string) => ReactNode;
}

export function NameAndExtension({ draft, put, errorOf }: CommonProps) {
  const { t } = useTranslation("teams");
  return (
    <>
      <TextInput
        label={t("name", { ns: "common" })}
        placeholder={t("nameExample")}
        required
        maw={420}
        value={draft.name}
        error={errorOf("name")}
        onChange={(event) => put({ name: event.currentTarget.value })}
      />
      <TextInput
        label={t("extension")}
        description={t("extensionHint")}
        inputMode="numeric"
        maw={320}
        value={draft.extension ?? ""}
        error={errorOf("extension")}
        onChange={(event) => put({ extension: event.currentTarget.value.replaceAll(/\D/g, "") || null })}
      />
    </>
  );
}

interface StrategyProps<S extends string> {
  value: S;
  strategies: readonly S[];
  onChange: (strategy: S) => void;
}

/** Who rings next, each way in one line with when to use it. */
export function StrategySelect<S extends string>({ value, strategies, onChange }: StrategyProps<S>) {
  const { t } = useTranslation("teams");
  const option: SelectProps["renderOption"] = ({ option: one }) => (
    <div>
      <Text size="sm" fw={600}>
        {one.label}
      </Text>
      <Text size="xs" c="dimmed">
        {t(`strategyHint.${one.value}`)}
      </Text>
    </div>
  );
  return (
    <div>
      <Select
        label={t("strategy")}
        allowDeselect={false}
        maw={480}
        data={strategies.map((one) => ({ value: one, label: t(`strategyName.${one}`) }))}
        value={value}
        renderOption={option}
        onChange={(next) => next && onChange(next as S)}
      />
      <Text size="sm" c="dimmed" mt={4}>
        {t(`strategyHint.${value}`)}
      </Text>
    </div>
  );
}
