import { describe, expect, test } from "vitest";
import { Chance } from "../../test/chance.ts";
import {
  flood,
  IS_LONG_RUN,
  MEMORY_RATIO,
  PAUSE_MS,
  Stopwatch,
  timeoutMs,
} from "../../test/flood.ts";
import { HEAVIEST, hostileManifest, manifestOf } from "../../test/hostile-manifests.ts";
import { heapBytes, weightOf } from "../../test/weight.ts";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { decodeManifestInSteps, type Manifest } from "./manifest.ts";

/** The layout's fields, and the names of all fields. */
const MANIFEST_BYTES = 256;
/** The number that a name may get, for a file and a folder, and what nine bytes don't pay for. */
const FILE_BYTES = 48;

/** What Node's V8 takes for the objects of a file (itself, its path, a double), and of a text. */
const FILE_OBJECT_BYTES = 128;
const NAME_OBJECT_BYTES = 24;

/** How often a heap is looked at, at most. */
const LOOKS = 3;

/** Of the heaviest manifests' files. In CI fewer do: what breaks a bound breaks it there too. */
const FRACTION = IS_LONG_RUN ? 1 : 0.25;

/** The manifest, or how it was refused; any other error gets through. */
function decoded(bytes: Uint8Array, watch: Stopwatch): Manifest | "refused" | "newer" {
  try {
    const steps = decodeManifestInSteps(bytes);
    for (;;) {
      const step = steps.next();
      watch.lap();
      if (step.done === true) return step.value;
    }
  } catch (error) {
    watch.lap();
    if (error instanceof ShoalError && error.code === "manifest-refused") return "refused";
    if (error instanceof ShoalError && error.code === "link-newer") return "newer";
    throw error;
  }
}

/**
 * What a manifest keeps of the heap, and may. A function of its own: once it has returned nothing of
 * the manifest is left, or the next look would find it there before.
 */
function lookAt(bytes: Uint8Array, watch: Stopwatch): { kept: number; allowed: number } {
  const before = heapBytes();
  const manifest = watch.time(() => decoded(bytes, watch));
  const kept = heapBytes() - before;
  if (typeof manifest === "string") throw new Error(manifest);
  const { files } = manifest;
  const names = new Set(files.flatMap((file) => file.path));
  const objects = FILE_OBJECT_BYTES * files.length + NAME_OBJECT_BYTES * names.size;
  return { kept, allowed: MEMORY_RATIO * bytes.length + objects + 100_000 };
}

describe("a hostile sharer's", { timeout: timeoutMs("manifests") }, () => {
  test("manifests never crash the decoder, hold it up, or fill its memory", async () => {
    await flood({
      decoder: "manifests",
      next: hostileManifest,
      bytesOf: (bytes) => bytes,
      decode(bytes, watch) {
        const manifest = decoded(bytes, watch);
        if (typeof manifest === "string") return { kind: manifest, bytes: 0 };
        const firstPieces = 8 * (manifest.files.length + 1); // The layout's own: nobody sees it.
        const kept = weightOf(manifest, bytes.buffer) + firstPieces;
        const allowed = MANIFEST_BYTES + FILE_BYTES * manifest.files.length;
        return { kind: "decoded", bytes: kept - allowed };
      },
    });
  });

  test.each(Object.entries(HEAVIEST))(
    "%s don't hold the decoder up, and keep little memory for real",
    (_what, shape) => {
      const bytes = manifestOf(shape, FRACTION, new Chance(1));
      const watch = new Stopwatch();
      // What the runtime puts aside meanwhile, such as compiled code, only ever adds: the least counts.
      let [kept, allowed] = [Infinity, 0];
      for (let look = 0; look < LOOKS && kept > allowed; look++) {
        const looked = lookAt(bytes, watch);
        kept = Math.min(kept, looked.kept);
        allowed = looked.allowed;
      }
      expect(watch.slowestMs).toBeLessThanOrEqual(PAUSE_MS);
      expect(kept).toBeLessThanOrEqual(allowed);
      // However small the names: never more than the largest manifest may take.
      expect(kept).toBeLessThanOrEqual(MEMORY_RATIO * LIMITS.manifestBytes);
    },
  );

  test("small manifests keep little memory for real", () => {
    const shape = { files: 1, names: () => 1, nameBytes: () => 1, letters: () => [] };
    const bytes = manifestOf(shape, 1, new Chance(1));
    const held: unknown[] = Array.from({ length: 10_000 }, () => null);
    const watch = new Stopwatch();
    held.fill(decoded(bytes, watch)); // Compiled before anything is measured.
    const before = heapBytes();
    for (let index = 0; index < held.length; index++) held[index] = decoded(bytes, watch);
    const each = (heapBytes() - before) / held.length;
    expect(each).toBeLessThanOrEqual(MEMORY_RATIO * bytes.length + 1024);
  });
});
