import { describe, expect, it } from "vitest";
import { changesOf, credentialsCsv, type Import, mediaTypeOf } from "./sheet";

describe("a sheet of people", () => {
  it("is what its name says", () => {
    expect(mediaTypeOf("Gente.XLSX")).toContain("spreadsheetml");
    expect(mediaTypeOf("gente.csv")).toBe("text/csv");
    expect(mediaTypeOf("gente")).toBe("text/csv");
  });

  it("tells the changes of a row's person and of nobody and nothing else", () => {
    const field = (name: string) => ({ field: name, before: null, after: "x" });
    const told = {
      outcome: {
        changes: [
          { kind: "user", id: "ana", action: "changed", fields: [field("name")] },
          { kind: "device", id: "ana", action: "changed", fields: [field("user")] },
          { kind: "user", id: "luis", action: "changed", fields: [field("mail")] },
        ],
      },
    } as unknown as Import;
    expect(changesOf(told, "ana").map((one) => one.field)).toEqual(["name"]);
    expect(changesOf({ outcome: null } as unknown as Import, "ana")).toEqual([]);
  });

  it("of credentials holds no formula, and quotes what must be quoted", () => {
    const one = { user: "=cmd()", extension: "101", device: 'a"b', username: "ana", password: "-x,y" };
    const [head, row] = credentialsCsv(["A", "B", "C", "D", "E"], [one]).split("\r\n");
    expect(head).toBe('\ufeff"A","B","C","D","E"');
    expect(row).toBe('"\'=cmd()","101","a""b","ana","\'-x,y"');
  });
});
