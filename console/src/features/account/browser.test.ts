import { describe, expect, it } from "vitest";
import { browserName } from "./browser";

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("what a browser is called", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0`,
      "Edge · Windows",
    ],
    [`Mozilla/5.0 (Linux; Android 15) ${WEBKIT} Chrome/141.0 Mobile Safari/537.36`, "Chrome · Android"],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
      "Safari · iPhone",
    ],
    ["curl/8.5.0", "curl"],
    ["", ""],
  ])("%s", (agent, name) => {
    expect(browserName(agent)).toBe(name);
  });
});
