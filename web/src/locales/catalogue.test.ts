import { readdir, readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { enInvite } from "./en-invite.ts";
import { LANGUAGES } from "./languages.ts";

const WORDS = { ...en, ...enInvite };

const SOURCE = new URL("../", import.meta.url);
const FORM = /_(zero|one|two|few|many|other)$/;

/** Every key, with its words. */
function flat(words: object, prefix = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [name, value] of Object.entries(words) as [string, unknown][]) {
    const key = prefix + name;
    if (typeof value === "string") all.set(key, value);
    else if (Array.isArray(value)) all.set(key, value.join("\n"));
    else if (typeof value === "object" && value !== null) {
      for (const [inner, text] of flat(value, `${key}.`)) all.set(inner, text);
    }
  }
  return all;
}

const withoutForm = (key: string): string => key.replace(FORM, "");

const parameters = (text: string): string[] =>
  Array.from(text.matchAll(/\{\{([^,}]+)/g), ([, name]) => name ?? "");

/** English keys, a plural's forms as one, each with all its parameters. */
const ENGLISH = new Map<string, Set<string>>();
for (const [key, text] of flat(WORDS)) {
  const known = ENGLISH.get(withoutForm(key)) ?? new Set();
  for (const name of parameters(text)) known.add(name);
  ENGLISH.set(withoutForm(key), known);
}

/** What the app's source asks for: keys, with `${…}` where a part is chosen when it runs. */
async function askedFor(): Promise<{ key: string; isWhole: boolean; file: string }[]> {
  const files = await readdir(SOURCE, { recursive: true });
  const asked: { key: string; isWhole: boolean; file: string }[] = [];
  const pages = Object.keys(WORDS).join("|");
  const literal = new RegExp(
    `["\`]((?:${pages})\\.[^"\`\\s]+)["\`](,\\s*\\{\\s*returnObjects)?`,
    "g",
  );
  for (const file of files) {
    if (!/\.tsx?$/.test(file) || /\.test\.tsx?$|^locales/.test(file)) continue;
    const text = await readFile(new URL(file, SOURCE), "utf8");
    for (const [, key = "", objects] of text.matchAll(literal)) {
      asked.push({ key, isWhole: objects !== undefined, file });
    }
  }
  return asked;
}

/** A pattern of the keys that are meant; of all below one where its whole object is. */
function meant({ key, isWhole }: { key: string; isWhole: boolean }): RegExp {
  const parts = key.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${parts.join("[^.]+")}${isWhole ? "(\\.|$)" : "$"}`);
}

describe("the catalogue", () => {
  it("holds no words that nobody asks for", async () => {
    const patterns = (await askedFor()).map(meant);
    expect(patterns.length).toBeGreaterThan(150);
    const unused = [...ENGLISH.keys()].filter((key) => !patterns.some((one) => one.test(key)));
    expect(unused).toEqual([]);
  });

  it("holds all words that are asked for", async () => {
    const missing = (await askedFor()).filter(
      (asked) => ![...ENGLISH.keys()].some((key) => meant(asked).test(key)),
    );
    expect(missing).toEqual([]);
  });

  it("has every plural in both of English’s forms", () => {
    const keys = [...flat(WORDS).keys()].filter((key) => FORM.test(key));
    for (const key of keys) {
      expect(keys).toContain(`${withoutForm(key)}_one`);
      expect(keys).toContain(`${withoutForm(key)}_other`);
    }
  });
});

it("no language has a key or a parameter that English hasn’t", async () => {
  for (const [language, load] of Object.entries(LANGUAGES)) {
    expect(Intl.getCanonicalLocales(language)).toEqual([language]);
    const { default: words } = await load();
    for (const [key, text] of flat(words)) {
      const known = ENGLISH.get(withoutForm(key));
      expect(known, `${language}: ${key}`).toBeDefined();
      for (const name of parameters(text)) expect([...(known ?? [])], key).toContain(name);
    }
  }
});
