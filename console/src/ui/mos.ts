export type Band = "excellent" | "good" | "fair" | "poor" | "bad";

/** What people say of speech with this opinion score: the classes of ITU-T G.107, annex B (R of 90, 80, 70 and 60). */
export function bandOf(mos: number): Band {
  if (mos >= 4.34) return "excellent";
  if (mos >= 4.03) return "good";
  if (mos >= 3.6) return "fair";
  if (mos >= 3.1) return "poor";
  return "bad";
}

export const BAND_COLOUR: Record<Band, string> = {
  excellent: "teal",
  good: "teal",
  fair: "yellow",
  poor: "orange",
  bad: "red",
};
