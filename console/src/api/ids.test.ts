import { describe, expect, it } from "vitest";
import { idOf } from "./ids";

describe("an id", () => {
  it.each([
    ["José Núñez", "jose-nunez"],
    ["Panadería Sol, S.L.", "panaderia-sol-s-l"],
    ["  ¡Hola!  ", "hola"],
    ["东京", "x"],
    ["", "x"],
  ])("of %s is %s", (name, id) => expect(idOf(name)).toBe(id));

  it("is another where it is taken", () => {
    expect(idOf("Ana", new Set(["ana"]))).toBe("ana-2");
    expect(idOf("Ana", new Set(["ana", "ana-2"]))).toBe("ana-3");
  });

  it("is no longer than it may be, and ends in no dash", () => {
    expect(idOf("a".repeat(100), new Set(), 32)).toHaveLength(32);
    expect(idOf("abc def", new Set(), 4)).toBe("abc");
  });
});
