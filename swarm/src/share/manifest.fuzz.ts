import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { decodeManifest, encodeManifest, makeManifest } from "./manifest.ts";

const runs = { numRuns: Number(env["FUZZ_RUNS"] ?? 3_000) };

const files = fc.array(
  fc.record({
    path: fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 4,
    }),
    sizeBytes: fc.oneof(fc.constant(0), fc.nat(), fc.integer({ min: 0, max: 10 ** 12 })),
  }),
  { minLength: 1, maxLength: 6 },
);

/** Reads it, and checks that what comes out keeps the rules; or it is refused by name. */
function expectHarmless(bytes: Uint8Array): void {
  try {
    const { layout, files: read } = decodeManifest(bytes);
    expect(read.length).toBe(layout.fileSizes.length);
    expect(layout.pieceCount).toBeLessThanOrEqual(LIMITS.pieceCount);
    expect(layout.totalBytes).toBeLessThanOrEqual(LIMITS.shareBytes);
    for (const { path } of read) {
      for (const name of path) expect(["", ".", ".."]).not.toContain(name);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(ShoalError);
    expect((error as ShoalError).code).toMatch(/^(manifest-refused|link-newer)$/);
  }
}

describe("manifests", { timeout: 10_000 + runs.numRuns * 20 }, () => {
  test("any files survive the round trip, once their names are harmless", () => {
    fc.assert(
      fc.property(files, (chosen) => {
        const manifest = makeManifest(chosen);
        const decoded = decodeManifest(encodeManifest(manifest));
        expect(decoded.files).toEqual(manifest.files);
        expect(decoded.layout.pieceBytes).toBe(manifest.layout.pieceBytes);
      }),
      runs,
    );
  });

  test("arbitrary bytes are refused by name or come out harmless", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectHarmless), runs);
  });

  test("a good one with bytes changed, cut or put in is refused by name or comes out harmless", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("set", "cut", "put")), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(files, edits, (chosen, changes) => {
        const bytes = [...encodeManifest(makeManifest(chosen))];
        for (const [at, value, how] of changes) {
          const place = at % bytes.length;
          if (how === "set") bytes[place] = value;
          else bytes.splice(place, how === "cut" ? 1 : 0, ...(how === "put" ? [value] : []));
        }
        expectHarmless(Uint8Array.from(bytes));
      }),
      runs,
    );
  });
});
