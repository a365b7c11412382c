import { useObjects } from "./objects";
import { useMay } from "./session";

/** The company's time zone, which its first site (by id) has; undefined, the browser's, for who may not read the configuration. */
export function useZone(): string | undefined {
  const may = useMay("config.read");
  const { data } = useObjects("site", {}, may);
  const first = [...(data ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1))[0];
  return first?.time_zone;
}
