/** A routing test as its form holds it, and back. What the form does not know of stays. Pure. */
import type { Kinds, Stored } from "@/api/objects";

export interface TestValues {
  name: string;
  from: string;
  to: string;
  /** `2026-11-28 20:00:00`, in the company's zone. */
  at: string;
  press: string;
  noAnswer: string[];
  busy: string[];
  expect: string;
}

export function valuesOf(test: Stored<"test"> | null): TestValues {
  const answer = test?.answer ?? {};
  const who = (result: string) => Object.keys(answer).filter((user) => answer[user] === result);
  return {
    name: test?.name ?? "",
    from: test?.from ?? "",
    to: test?.to ?? "",
    at: test ? String(test.at).slice(0, 19).replace("T", " ") : "",
    press: (test?.press ?? []).join(" "),
    noAnswer: who("no-answer"),
    busy: who("busy"),
    expect: test?.expect ?? "",
  };
}

export function answersOf(values: TestValues, before: Stored<"test"> | null): Partial<Kinds["test"]> {
  const others = Object.entries(before?.answer ?? {}).filter(
    ([, result]) => result !== "no-answer" && result !== "busy",
  );
  return {
    name: values.name.trim(),
    from: plain(values.from),
    to: plain(values.to),
    at: values.at.replace(" ", "T"),
    press: values.press.split(/[\s,]+/).filter(Boolean),
    answer: Object.fromEntries([
      ...others,
      ...values.noAnswer.map((user) => [user, "no-answer"]),
      ...values.busy.map((user) => [user, "busy"]),
    ]),
    expect: values.expect,
  };
}

function plain(text: string): string {
  return /^[+\d\s().-]+$/.test(text) ? text.replaceAll(/[\s().-]/g, "") : text.trim();
}
