import { describe, expect, it } from "vitest";
import type { Board } from "@/api/board";
import {
  checklist,
  type Draft,
  type Finding,
  isNew,
  type Known,
  matters,
  type Overview,
  placeOf,
} from "./attention";

const setup = { people: 2, phones: 1, numbers: 1, hours: 1, flows: 1, called: true };
const overview = { storage_low: false, lost_phones: [], setup } as unknown as Overview;
const board = { switch: { "": { up: true } }, trunks: {} } as unknown as Board;

function known(more: Partial<Known>): Known {
  return { overview, board, findings: [], draft: null, ...more };
}

const name = (id: string) => id.toUpperCase();

describe("what needs attention", () => {
  it("is nothing where all is well, and while nothing is known", () => {
    expect(matters(known({}), name)).toEqual([]);
    expect(matters(known({ board: null }), name)).toEqual([]);
  });

  it("is a trunk that is down, not one that nobody has asked yet", () => {
    const trunks = {
      a: { id: "a", state: "down", since: "s", detail: "OPTIONS not answered" },
      b: { id: "b", state: "unknown", since: "s", detail: "" },
      c: { id: "c", state: "registered", since: "s", detail: "" },
    };
    const found = matters(known({ board: { ...board, trunks } as unknown as Board }), name);
    expect(found).toMatchObject([
      { kind: "trunk", values: { name: "A" }, detail: "OPTIONS not answered", path: "numbers" },
    ]);
  });

  it("is each lost telephone, or all of them at once where they are many", () => {
    const phone = (user: string) => ({ user, name: "", last_call_at: "t" });
    const few = matters(known({ overview: { ...overview, lost_phones: [phone("ana")] } }), name);
    expect(few).toMatchObject([{ kind: "phone", values: { name: "ana" }, path: "people/ana" }]);
    const phones = ["a", "b", "c", "d", "e", "f"].map(phone);
    const many = matters(known({ overview: { ...overview, lost_phones: phones } }), name);
    expect(many).toMatchObject([{ kind: "phones", severity: "error", values: { count: 6 } }]);
  });

  it("has the worst first, and no hints of the checker", () => {
    const finding = (severity: string, rule: string) =>
      ({ severity, rule, kind: "queue", id: "sales", field: "", message: "m", mend: "" }) as Finding;
    const draft = { changes: [1], refusals: [], author: "ana", at: "t" } as unknown as Draft;
    const found = matters(
      known({
        draft,
        findings: [finding("hint", "unused"), finding("warning", "w"), finding("error", "e")],
        overview: { ...overview, storage_low: true },
      }),
      name,
    );
    expect(found.map((one) => [one.kind, one.severity])).toEqual([
      ["storage", "error"],
      ["finding", "error"],
      ["finding", "warning"],
      ["draft", "hint"],
    ]);
  });

  it("is mended where the object is", () => {
    expect(placeOf("user", "ana")).toBe("people/ana");
    expect(placeOf("calendar", "x")).toBe("hours");
    expect(placeOf("tenant", "demo")).toBe("settings");
  });
});

describe("a new company", () => {
  it("ticks off what is there by itself", () => {
    const fresh = { ...setup, phones: 0, flows: 0, called: false };
    const done = checklist({ ...overview, setup: fresh }).filter((one) => one.done);
    expect(done.map((one) => one.step)).toEqual(["people", "numbers", "hours"]);
    expect(isNew({ ...overview, setup: fresh })).toBe(true);
    expect(isNew(overview)).toBe(false);
  });
});
