/** Why a message was not taken, as the words that we have for it; the rest is said as the server said it. */
export type Failure =
  | { key: "status"; status: number }
  | { key: "noHost" | "internal" | "unreachable" }
  | { key: "other"; text: string };

export function failureOf(status: number | null, error: string): Failure | null {
  if (status !== null && (status < 200 || status >= 300)) return { key: "status", status };
  if (!error) return null;
  if (/^the server answered (\d{3})/.test(error))
    return { key: "status", status: Number(/\d{3}/.exec(error)) };
  if (/private network/.test(error)) return { key: "internal" };
  if (/there is no host/.test(error)) return { key: "noHost" };
  if (/cannot be reached/.test(error)) return { key: "unreachable" };
  return { key: "other", text: error };
}
