import { expect, it } from "vitest";
import { idOf } from "./slug";

it("makes an id of a name, without accents, that nobody has", () => {
  expect(idOf("¡Buenos días!", new Set())).toBe("buenos-dias");
  expect(idOf("Menú", new Set(["menu", "menu-2"]))).toBe("menu-3");
  expect(idOf("…", new Set())).toBe("prompt");
});
