interface Place {
  location?: string;
  number?: string;
  emergency_callback?: string;
}

/** What those who answer an emergency call would lack of a place. */
export function emergencyGap(site: Place): "location" | "callback" | null {
  if (!site.location) return "location";
  return site.emergency_callback || site.number ? null : "callback";
}

/** How many extensions a range has; null: it is none. */
export function rangeSize(first: string, last: string): number | null {
  if (!/^\d+$/.test(first) || first.length !== last.length || !/^\d+$/.test(last)) return null;
  const size = Number(last) - Number(first) + 1;
  return size > 0 ? size : null;
}

/** A number as it is written down, as it is kept: "+34 910 00 00 00" → "+34910000000". */
export function bare(number: string): string {
  return number.replaceAll(/[\s().-]/g, "");
}
