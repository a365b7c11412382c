/** What is asked of a trunk, and what of it is sent. */
import type { Kinds, Stored } from "@/api/objects";

export interface TrunkValues {
  name: string;
  host: string;
  port: number;
  transport: "UDP" | "TCP";
  register: boolean;
  username: string;
  /** Empty: as it is. */
  password: string;
  addresses: string[];
  number_format: "plus" | "e164" | "national";
  max_calls: number;
  options_seconds: number;
  expires: number;
  forward_caller: boolean;
}

export function valuesOf(trunk: Stored<"trunk"> | null, register: boolean): TrunkValues {
  return {
    name: trunk?.name ?? "",
    host: trunk?.host ?? "",
    port: trunk?.port ?? 5060,
    transport: trunk?.transport ?? "UDP",
    register: trunk?.register ?? register,
    username: trunk?.username ?? "",
    password: "",
    addresses: [...(trunk?.addresses ?? [])],
    number_format: trunk?.number_format ?? "plus",
    max_calls: trunk?.max_calls ?? 1000,
    options_seconds: trunk?.options_seconds ?? 60,
    expires: trunk?.expires ?? 600,
    forward_caller: trunk?.forward_caller ?? false,
  };
}

/** A password that is not written stays as it is. */
export function fieldsOf({ password, ...others }: TrunkValues): Partial<Kinds["trunk"]> {
  const fields = {
    ...others,
    name: others.name.trim(),
    host: others.host.trim(),
    username: others.username.trim(),
  };
  return password ? { ...fields, password } : fields;
}

/** "sip.example.com:5080" → server and port, as providers write them; null where there is no port in it. */
export function splitHost(text: string): { host: string; port: number } | null {
  const match = /^(?:sip:)?([^\s:]+):(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[2]);
  return match && port > 0 && port < 65_536 ? { host: match[1] ?? "", port } : null;
}
