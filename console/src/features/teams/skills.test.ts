import { expect, it } from "vitest";
import { moved, skillsOf, skillTags } from "./skills";

it("reads skills with and without a level, and leaves nonsense out", () => {
  expect(skillsOf(["Inglés:8", "ventas", "francés: 99", "¿?"])).toEqual({
    ingles: 8,
    ventas: 5,
    frances: 10,
  });
  expect(skillTags({ ingles: 8 })).toEqual(["ingles:8"]);
});

it("moves one of a list, and never beyond its ends", () => {
  expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
});
