/** Numbers as people write them and as providers present them, and what is missing for a number to be of use. */

/** Without what people write between the digits; 0034… is +34…. */
export function e164(text: string): string {
  const plain = text.replaceAll(/[\s./()\u00a0-]/g, "");
  return plain.startsWith("00") ? `+${plain.slice(2)}` : plain;
}

export function wrongNumber(text: string): boolean {
  return !/^\+[1-9]\d{4,14}$/.test(e164(text));
}

/** Whether a destination names all that it needs: "user:ana" and "hang-up" do, "user:" and "" do not. */
export function complete(destination: string): boolean {
  return destination === "hang-up" || /^[a-z-]+:.+$/.test(destination);
}

export interface NumberLike {
  destination: string;
  trunk?: string | null;
}

/** Why calls to a number come to nobody: a key of the catalogue; null: they do. */
export function lacking(
  number: NumberLike,
  trunks: readonly { id: string }[],
): "noTrunk" | "leadsNowhere" | null {
  if (trunks.length === 0 || (number.trunk && !trunks.some((trunk) => trunk.id === number.trunk)))
    return "noTrunk";
  return number.destination === "hang-up" || !complete(number.destination) ? "leadsNowhere" : null;
}
