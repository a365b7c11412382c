import { describe, expect, it } from "vitest";
import type { Account } from "./accounts";
import { matching } from "./matching";

const account = (name: string, login: string) => ({ name, login }) as Account;
const all = [account("José Núñez", "pepe@example.com"), account("Ana", "ana@example.com")];

describe("accounts that match", () => {
  it("are found without accents and capitals, by name or address", () => {
    expect(matching(all, "NUNEZ").map((one) => one.name)).toEqual(["José Núñez"]);
    expect(matching(all, "ana@").map((one) => one.name)).toEqual(["Ana"]);
  });

  it("have all words, in any order; nothing asked for is everybody", () => {
    expect(matching(all, "pepe jose")).toHaveLength(1);
    expect(matching(all, "pepe ana")).toEqual([]);
    expect(matching(all, " ")).toHaveLength(2);
  });
});
