import type { FormErrors } from "@mantine/form";
import { isProblem } from "@/api/problem";

/** The errors of a refusal by the fields of a form; those of other objects are left to ProblemAlert. */
export function formErrors(error: unknown): FormErrors {
  if (!isProblem(error)) return {};
  return Object.fromEntries(
    error.errors
      .filter((one) => one.field)
      .map((one) => [one.field, [one.detail, one.mend].filter(Boolean).join(". ")]),
  );
}
