import { describe, expect, it } from "vitest";
import { complete, e164, lacking, wrongNumber } from "./numbers";

describe("numbers", () => {
  it("are taken as people write them", () => {
    expect(e164("+34 (910) 00-00.00")).toBe("+34910000000");
    expect(e164("0034 910 000 000")).toBe("+34910000000");
  });

  it("need their country", () => {
    expect(wrongNumber("+34 910 000 000")).toBe(false);
    expect(wrongNumber("910 000 000")).toBe(true);
    expect(wrongNumber("")).toBe(true);
    expect(wrongNumber("+34 910 abc")).toBe(true);
  });

  it("lead somewhere only if their destination is whole", () => {
    expect(complete("user:ana")).toBe(true);
    expect(complete("hang-up")).toBe(true);
    expect(complete("user:")).toBe(false);
    expect(complete("")).toBe(false);
  });

  it("say what they lack", () => {
    const trunks = [{ id: "main" }];
    expect(lacking({ destination: "user:ana" }, trunks)).toBeNull();
    expect(lacking({ destination: "user:ana", trunk: "main" }, trunks)).toBeNull();
    expect(lacking({ destination: "user:ana", trunk: "other" }, trunks)).toBe("noTrunk");
    expect(lacking({ destination: "user:ana" }, [])).toBe("noTrunk");
    expect(lacking({ destination: "hang-up" }, trunks)).toBe("leadsNowhere");
  });
});
