import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { isBlank, safeName, safePaths } from "./path.ts";

const runs = { numRuns: Number(env["FUZZ_RUNS"] ?? 2_000) };
const bytesOf = (text: string): number => utf8(text).length;

/** Names that are likely to meet, to be hostile, or to be near a bound. */
const name = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("a", "A", "a (2)", "A (3)", "b.txt", "B.TXT", "con", "é"),
  },
  {
    weight: 2,
    arbitrary: fc.string({
      unit: fc.constantFrom(
        ..."aA. /\\\0e\u0301\u3164\u2800\u200b\u202e😀<\u0338\u1100\u1161\u3000İßς\ud800",
      ),
      maxLength: 8,
    }),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("a", "😀", "."),
        fc.constantFrom(
          "",
          ".txt",
          `.${"😀".repeat(15)}`,
          `.${"b".repeat(240)}`,
          `.${"b".repeat(252)}`,
        ),
      )
      .map(([letter, end]) => letter.repeat(260).slice(0, 256) + end),
  },
);
const paths = fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { maxLength: 12 });
describe("whatever the names", { timeout: 10_000 + runs.numRuns * 20 }, () => {
  test("each comes out harmless", () => {
    fc.assert(
      fc.property(name, (hostile) => {
        const safe = safeName(hostile);
        expect(bytesOf(safe)).toBeLessThanOrEqual(LIMITS.pathNameBytes);
        // oxlint-disable-next-line no-control-regex
        expect(safe).not.toMatch(/[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/u);
        expect(safe).not.toMatch(/^\s|[\s.]$|^$|\p{Surrogate}/u);
        expect(safe).toBe(safe.normalize("NFC"));
        expect(isBlank(safe), "something of it is seen").toBe(false);
      }),
      runs,
    );
  });

  test("making them harmless twice changes nothing", () => {
    fc.assert(
      fc.property(paths, (hostile) => {
        const once = safePaths(hostile);
        if (once !== null) expect(safePaths(once)).toEqual(once);
      }),
      runs,
    );
  });

  test("each part fits, and no two paths meet where case doesn't count", () => {
    fc.assert(
      fc.property(paths, (hostile) => {
        const safe = safePaths(hostile) ?? [];
        const files = safe.map((path) => path.join("/").toUpperCase().toLowerCase());
        expect(new Set(files).size).toBe(files.length);
        const folders = files.flatMap((file) => {
          const parts = file.split("/");
          return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join("/"));
        });
        for (const folder of folders) expect(files).not.toContain(folder);
        for (const part of safe.flat()) expect(bytesOf(part)).toBeLessThanOrEqual(255);
      }),
      runs,
    );
  });
});
