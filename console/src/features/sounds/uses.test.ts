import { describe, expect, it } from "vitest";
import { type Holders, usesOf } from "./uses";

describe("where a prompt is heard", () => {
  it("is found in flows, menus, queues and sites, once in each", () => {
    const uses = usesOf({
      flow: [
        {
          id: "main",
          name: "",
          nodes: { a: { type: "announce", prompt: "hello" }, b: { type: "announce", prompt: "hello" } },
        },
      ],
      menu: [{ id: "m", name: "Menú", prompt: "hello", invalid_prompt: "wrong" }],
      queue: [{ id: "q", name: "Q", welcome: "", music: "song", periodic: { prompts: ["hello"] } }],
      site: [{ id: "s", name: "S", music: "song" }],
    } as unknown as Holders);
    expect(uses.get("hello")).toEqual([
      { kind: "flow", id: "main", name: "main" },
      { kind: "menu", id: "m", name: "Menú" },
      { kind: "queue", id: "q", name: "Q" },
    ]);
    expect(uses.get("song")?.map((use) => use.kind)).toEqual(["queue", "site"]);
    expect(uses.get("wrong")).toHaveLength(1);
    expect(uses.has("")).toBe(false);
  });
});
