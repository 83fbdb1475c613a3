import { LIMITS } from "@shoal/swarm/limits";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { Zips, zipOf } from "./zip.ts";

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const isLong = process.env["LONG"] === "1";

/** Entries past which client-zip's archives are broken: docs/decisions/0005. */
const MOST_ENTRIES = 65_535;
const GIB = 1024 ** 3;

/** Where the archive goes: kept, or only counted. */
class Paper {
  reservedBytes = 0;
  writtenBytes = 0;
  isRemoved = false;
  readonly #parts: Uint8Array<ArrayBuffer>[] | null;

  constructor({ keeps }: { readonly keeps: boolean }) {
    this.#parts = keeps ? [] : null;
  }

  async reserve(sizes: ReadonlyMap<string, number>): Promise<void> {
    for (const size of sizes.values()) this.reservedBytes += size;
  }

  async write(_name: string, bytes: Uint8Array, at: number): Promise<void> {
    if (at !== this.writtenBytes) throw new Error("a gap");
    this.writtenBytes += bytes.length;
    this.#parts?.push(new Uint8Array(bytes));
  }

  async file(name: string): Promise<File> {
    return new File(this.#parts ?? [], name);
  }

  async remove(): Promise<void> {
    this.isRemoved = true;
  }

  async size(): Promise<null> {
    return null;
  }
}

/** Zips files that hold these texts. @returns The texts that come out, in the archive's order. */
async function unzipped(texts: ReadonlyMap<string, string>) {
  const entries = [...texts].map(([path, text]) => ({
    path: path.split("/"),
    file: new File([text], path),
  }));
  const manifest = makeManifest(entries.map(({ path, file }) => ({ path, sizeBytes: file.size })));
  const paper = new Paper({ keeps: true });
  const store = { file: async (index: number) => entries[index]?.file ?? new File([], "") };
  const zip = await zipOf(manifest, null, store, paper);
  expect(paper.writtenBytes).toBe(paper.reservedBytes);
  const found = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  return new Map(Object.entries(found).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

/** So many empty files. */
const empty = (count: number) =>
  new Map(Array.from({ length: count }, (_, index) => [`${index}`, ""] as const));

describe("a ZIP", () => {
  it("is exactly as long as it was said to be, and holds what went in", async () => {
    const texts = new Map([
      ["عطلة/الصيف 🏖️.txt", "sea"],
      ["empty", ""],
      ["naïve/café.md", "coffee".repeat(1000)],
      ["plain.txt", "plain"],
    ]);
    expect(await unzipped(texts)).toEqual(texts);
  });

  it("may hold as many files as a share, which is less than breaks it", async () => {
    expect(LIMITS.fileCount).toBeLessThan(MOST_ENTRIES);
    expect((await unzipped(empty(500))).size).toBe(500);
  });

  it("leaves nothing where a file isn't as long as the manifest says", async () => {
    const paper = new Paper({ keeps: true });
    const manifest = makeManifest([
      { path: ["a"], sizeBytes: 10 },
      { path: ["b"], sizeBytes: 1 },
    ]);
    const store = { file: async () => new File(["cut"], "a") };
    await expect(zipOf(manifest, null, store, paper)).rejects.toMatchObject({
      code: "storage-failed",
    });
    expect(paper.isRemoved).toBe(true);
  });

  // Half a minute, and two: `LONG=1 pnpm unit --project web zip`.
  it.runIf(isLong)("holds 20,000 files", async () => {
    expect((await unzipped(empty(LIMITS.fileCount))).size).toBe(LIMITS.fileCount);
  });

  it.runIf(isLong)(
    "is as long as it was said to be where sizes and places are past 4 GiB",
    { timeout: 600_000 },
    async () => {
      const files = [
        { path: ["huge"], sizeBytes: 4 * GIB + 1 },
        { path: ["behind it"], sizeBytes: 3 },
      ];
      const paper = new Paper({ keeps: false });
      const store = { file: async (index: number) => new Zeros(files[index]?.sizeBytes ?? 0) };
      await zipOf(makeManifest(files), null, store, paper);
      expect(paper.writtenBytes).toBe(paper.reservedBytes);
      expect(paper.writtenBytes).toBeGreaterThan(4 * GIB);
    },
  );
});

describe("the ZIPs of a session", () => {
  const manifest = makeManifest(["a", "b", "c"].map((name) => ({ path: [name], sizeBytes: 1 })));
  const store = { file: async (index: number) => new File([`${index}`], "") };

  async function entries(zip: File): Promise<Record<string, string>> {
    const found = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    return Object.fromEntries(
      Object.entries(found).map(([name, bytes]) => [name, strFromU8(bytes)]),
    );
  }

  it("hold the chosen files alone, one for each choice, and none is written twice", async () => {
    const disk = new MemoryDisk();
    const zips = new Zips();
    const first = await zips.of(manifest, [0, 2], store, disk);
    const before = disk.files.get("zip");
    const all = await zips.of(manifest, null, store, disk);
    expect(await entries(first)).toEqual({ a: "0", c: "2" });
    expect(await entries(all)).toEqual({ a: "0", b: "1", c: "2" });
    expect(await zips.of(manifest, [0, 2], store, disk)).toBe(first);
    expect(disk.files.get("zip")).toBe(before);
  });

  it("take the place of an earlier session's", async () => {
    const disk = new MemoryDisk();
    const earlier = new Zips();
    for (const chosen of [[0], [1], [2]]) await earlier.of(manifest, chosen, store, disk);
    await new Zips().of(manifest, [0, 1], store, disk);
    expect([...disk.files.keys()]).toEqual(["zip"]);
  });
});

/** A file of any size that takes no memory. */
class Zeros extends File {
  readonly #sizeBytes: number;

  constructor(sizeBytes: number) {
    super([], "zeros");
    this.#sizeBytes = sizeBytes;
  }

  override get size(): number {
    return this.#sizeBytes;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const strip = new Uint8Array(1024 * 1024);
    let left = this.#sizeBytes;
    return new ReadableStream({
      pull: (controller) => {
        const bytes = strip.subarray(0, Math.min(left, strip.length));
        left -= bytes.length;
        if (bytes.length === 0) controller.close();
        else controller.enqueue(bytes);
      },
    });
  }
}
