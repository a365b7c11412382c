import { describe, expect, it } from "vitest";
import { partiesOf } from "./parties";

const names = { user: (id: string) => ({ ana: "Ana Ruiz", luis: "Luis" })[id] ?? id };
const call = { caller: "+34911234567", caller_name: "", dialled: "+34910000100", direction: "inbound" };

describe("the two sides of a call", () => {
  it("are named by whatever is known best", () => {
    expect(partiesOf(call, names, "hidden")).toEqual({
      caller: "+34911234567",
      number: "",
      called: "+34910000100",
    });
    expect(partiesOf({ ...call, caller_name: "José" }, names, "hidden")).toMatchObject({
      caller: "José",
      number: "+34911234567",
    });
    expect(partiesOf({ ...call, caller: "" }, names, "hidden").caller).toBe("hidden");
  });

  it("are people within the company", () => {
    const internal = {
      ...call,
      direction: "internal",
      caller: "101",
      dialled: "102",
      caller_user: "ana",
      called_user: "luis",
    };
    expect(partiesOf(internal, names, "")).toEqual({ caller: "Ana Ruiz", number: "101", called: "Luis" });
    expect(partiesOf({ ...internal, called_user: "", dialled: "*97" }, names, "").called).toBe("*97");
  });
});
