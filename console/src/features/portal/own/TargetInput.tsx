import { Autocomplete, type AutocompleteProps } from "@mantine/core";
import { useDirectory } from "./settings";
import { BETWEEN } from "./target";

/** A colleague or a number outside, as one would dial it. `dialled()` makes of the text what is sent. */
export function TargetInput(props: Omit<AutocompleteProps, "data">) {
  const people = useDirectory().data ?? [];
  return (
    <Autocomplete
      inputMode="tel"
      autoComplete="off"
      data={people.filter((one) => one.extension).map((one) => one.extension + BETWEEN + one.name)}
      limit={30}
      {...props}
    />
  );
}
