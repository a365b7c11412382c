/** A difference in words: what a field is called, and what stands in it. Pure but for the words it is given. */
import type { TFunction } from "i18next";

/** `personal.voicemail.enabled` → "Ajustes personales › Buzón de voz › Activado". Names of things and numbers stay as they are. */
export function fieldName(field: string, t: TFunction<"publication">): string {
  return field
    .split(".")
    .map((part) =>
      /^\d+$/.test(part) ? `${Number(part) + 1}.º` : t(`field.${part}`, { defaultValue: part }),
    )
    .join(" › ");
}

const LONGEST = 300;

/** What stands in a field, short. */
export function valueName(
  value: unknown,
  t: TFunction<"publication">,
  destination: (text: string) => string,
): string {
  if (value === null || value === undefined || value === "") return t("nothing");
  if (typeof value === "boolean") return t(value ? "yes" : "no", { ns: "common" });
  if (typeof value === "number") return String(value);
  if (typeof value === "string") {
    if (/^(user|group|queue|flow|voicemail|external|extension):/.test(value)) return destination(value);
    return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return t("nothing");
    return value.map((one) => valueName(one, t, destination)).join(", ");
  }
  const entries = Object.entries(value as Record<string, unknown>).filter(
    ([, inner]) => inner !== null && inner !== "" && !(Array.isArray(inner) && inner.length === 0),
  );
  if (entries.length === 0) return t("nothing");
  const text = entries
    .map(
      ([name, inner]) => `${t(`field.${name}`, { defaultValue: name })}: ${valueName(inner, t, destination)}`,
    )
    .join(" · ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
