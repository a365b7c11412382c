import type { FormEvent } from "react";

/** For a form in a dialog that another form opened: React would tell both of the one that is sent. */
export function alone(submit: (event?: FormEvent<HTMLFormElement>) => void) {
  return (event: FormEvent<HTMLFormElement>) => {
    event.stopPropagation();
    submit(event);
  };
}
