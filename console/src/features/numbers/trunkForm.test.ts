import { describe, expect, it } from "vitest";
import { fieldsOf, splitHost, valuesOf } from "./trunkForm";

describe("what is sent of a trunk", () => {
  it("leaves out a password that was not written, so that it stays", () => {
    expect(fieldsOf(valuesOf(null, true))).not.toHaveProperty("password");
    expect(fieldsOf({ ...valuesOf(null, true), password: "s" })).toMatchObject({
      password: "s",
      register: true,
    });
  });

  it("has no spaces around what was pasted", () => {
    expect(fieldsOf({ ...valuesOf(null, false), host: " sip.example.com " }).host).toBe("sip.example.com");
  });
});

describe("a server with its port", () => {
  it("is taken apart", () => {
    expect(splitHost("sip.example.com:5080")).toEqual({ host: "sip.example.com", port: 5080 });
    expect(splitHost("sip:192.0.2.1:5062")).toEqual({ host: "192.0.2.1", port: 5062 });
  });

  it("is left alone where there is no port, or none that can be", () => {
    expect(splitHost("sip.example.com")).toBeNull();
    expect(splitHost("2001:db8::1")).toBeNull();
    expect(splitHost("sip.example.com:99999")).toBeNull();
  });
});
