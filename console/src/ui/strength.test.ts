import { describe, expect, it } from "vitest";
import { strength } from "./strength";

describe("the strength of a password", () => {
  it.each([
    ["", "empty"],
    ["corta", "short"],
    ["aaaaaaaaaaaaaaa", "weak"],
    ["1234567890", "weak"],
    ["qwertyuiop12", "weak"],
    ["centralita2026", "weak"],
    ["perro-gato", "fair"],
    ["gato azul lento", "good"],
    ["correct-horse-battery", "strong"],
    ["cuatro palabras al azar", "strong"],
  ])("%s is %s", (password, level) => expect(strength(password)).toBe(level));

  it("does not count what everybody knows of a person", () => {
    expect(strength("lucia.prieto.1987")).not.toBe("weak");
    expect(strength("lucia.prieto.1987", ["lucia.prieto@sol.es"])).toBe("weak");
  });
});
