import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import en from "./en";
import es from "./es";

type Words = { [key: string]: string | Words };

function keys(words: Words, above = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "string" ? [above + key] : keys(value, `${above}${key}.`),
  );
}

/** `{{name}}`, in order. */
function holes(text: string): string[] {
  return [...text.matchAll(/{{\s*(\w+)\s*}}/g)].map((match) => match[1] ?? "").sort();
}

function at(words: Words, path: string): string {
  return path.split(".").reduce<string | Words>((inner, key) => (inner as Words)[key] ?? "", words) as string;
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !name.includes(".test."),
);

describe("the catalogues", () => {
  it("have the same namespaces in both languages", () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.keys(es))("%s says the same in both languages", (namespace) => {
    const [spanish, english] = [es[namespace] as Words, en[namespace] as Words];
    expect(keys(spanish).sort()).toEqual(keys(english).sort());
    for (const key of keys(spanish)) {
      expect(at(spanish, key).trim(), key).not.toBe("");
      expect(holes(at(spanish, key)), key).toEqual(holes(at(english, key)));
    }
  });

  it.each(sources)("hold every word that %s asks for", (name) => {
    const source = readFileSync(join("src", name), "utf8");
    const own = [...source.matchAll(/useTranslation\("(\w+)"\)/g)].map((match) => match[1] ?? "");
    // Parts of a feature that are handed its words speak its namespace.
    const feature = /^features\/(\w+)\//.exec(name.replaceAll("\\", "/"))?.[1];
    const handed = own.length === 0 && feature ? [feature] : [];
    const namespaces = [...new Set([...own, ...handed, "common"])];
    for (const [, key] of source.matchAll(/(?<![\w.])(?:i18next\.)?t\(\s*"([\w.-]+)"\s*[,)]/g)) {
      const found = namespaces.some((namespace) => {
        const known = keys((es[namespace] ?? {}) as Words);
        return known.includes(key ?? "") || known.includes(`${key}_other`);
      });
      const elsewhere = new RegExp(`t\\(\\s*"${key}"\\s*,\\s*\\{[^}]*ns:`).test(source);
      expect(found || elsewhere, `${key} in ${namespaces.join(", ")}`).toBe(true);
    }
  });
});
