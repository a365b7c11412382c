import { useDebouncedValue } from "@mantine/hooks";

/** A value once it has not changed for a while: nobody asks the exchange at each letter. */
export function useSettled<T>(value: T, milliseconds: number): T {
  const [settled] = useDebouncedValue(value, milliseconds);
  return settled;
}
