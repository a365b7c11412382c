import { describe, expect, it } from "vitest";
import { changed, type Personal } from "./settings";
import { dialled, spelled } from "./target";

const before = {
  do_not_disturb: false,
  forward_always: "",
  voicemail: { enabled: true, mail: true, has_pin: false },
  block: { numbers: ["+34911*"], anonymous: false },
} as unknown as Personal;

describe("a change of one's settings", () => {
  it("is seen at once, and leaves alone what it does not mention", () => {
    const after = changed(before, { do_not_disturb: true, block: { anonymous: true } });
    expect(after.do_not_disturb).toBe(true);
    expect(after.block).toEqual({ numbers: ["+34911*"], anonymous: true });
    expect(after.voicemail).toBe(before.voicemail);
    expect(before.block.anonymous).toBe(false);
  });
});

describe("whom to call", () => {
  const people = [{ user: "luis", name: "Luis", extension: "102" }];
  it("is a number or a colleague of the directory", () => {
    expect(dialled("+34 600-11 22.33")).toBe("+34600112233");
    expect(dialled("102 · Luis")).toBe("102");
    expect(dialled("")).toBe("");
    expect(spelled("102", people)).toBe("Luis (102)");
    expect(spelled("600112233", people)).toBe("600112233");
  });
});
