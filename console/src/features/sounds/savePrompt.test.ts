import { describe, expect, it } from "vitest";
import type { Stored } from "@/api/objects";
import { draftOf, fieldsOf } from "./savePrompt";

const stored = {
  id: "hello",
  name: "Hola",
  code: "12",
  users: ["ana"],
  text: { es: "Hola", en: "Hello" },
  recording: { es: "abc" },
} as unknown as Stored<"prompt">;

describe("a prompt's draft", () => {
  it("says the same as what it was made of", () => {
    expect(fieldsOf(draftOf(stored), { es: "abc" })).toEqual({
      kind: "prompt",
      name: "Hola",
      code: "12",
      users: ["ana"],
      text: { es: "Hola", en: "Hello" },
      recording: { es: "abc" },
    });
  });

  it("leaves a recording out where the text is to be heard, and a text that is empty", () => {
    const draft = {
      ...draftOf(stored),
      source: { es: "text", en: "text" } as const,
      text: { es: " Hola ", en: " " },
    };
    expect(fieldsOf(draft, { es: "abc" })).toMatchObject({ text: { es: "Hola" }, recording: {} });
  });
});
