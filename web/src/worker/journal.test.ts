import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { Page } from "@shoal/swarm/engine/io";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Journal } from "./journal.ts";
import { type KeptWish, keptWish } from "./kept-wish.ts";
import { MemoryDisk } from "./memory-disk.ts";

const MIB = 1024 * 1024;
const manifest = makeManifest([{ path: ["film"], sizeBytes: 100 * MIB }]);
const { pieceCount } = manifest.layout;
const signed = new Uint8Array(80).fill(7);
const page = (index: number): Page => ({
  index,
  signature: new Uint8Array(64).fill(index),
  hashes: new Uint8Array(32 * (index + 1)).fill(0x10 + index),
});

let disk: MemoryDisk;
let journal: Journal;

beforeEach(async () => {
  vi.useFakeTimers();
  disk = new MemoryDisk();
  journal = new Journal(disk);
  await disk.reserve(Journal.sizes(manifest, signed));
  await disk.reserve(new Map([["0", MIB]]));
  await journal.begin(manifest, signed);
});

afterEach(() => vi.useRealTimers());

async function aMomentLater(): Promise<void> {
  vi.runAllTimers();
  await journal.settled();
}

const heldIn = async (of: MemoryDisk): Promise<number[]> => {
  const found = await Journal.read(of);
  const field = Bitfield.parse(found?.held ?? new Uint8Array(), pieceCount);
  expect(field).not.toBeNull();
  return [...(field?.pieces() ?? [])];
};

it("says nothing where there is none", async () => {
  expect(await Journal.read(new MemoryDisk())).toBeNull();
});

it("has the manifest, pages and pieces again", async () => {
  journal.keepPage(page(0));
  journal.keepPage(page(2));
  journal.keepPage(page(0));
  for (const piece of [0, 9, pieceCount - 1]) journal.wrote(piece, "0");
  await aMomentLater();
  expect(await Journal.read(disk)).toMatchObject({ signed, pages: [page(0), page(2)] });
  expect(await heldIn(disk)).toEqual([0, 9, pieceCount - 1]);
});

it("says once all pieces are there", async () => {
  for (let piece = 1; piece < pieceCount; piece++) journal.wrote(piece, "0");
  await aMomentLater();
  expect(disk.files.get("done")).toHaveLength(0);
  journal.wrote(0, "0");
  await journal.settled(); // At once.
  expect(disk.files.get("done")).toHaveLength(1);
});

it("notes no piece before its bytes are safe", async () => {
  await disk.write("0", Uint8Array.of(1, 2, 3), 0);
  journal.wrote(0, "0");
  expect(await heldIn(disk.crash())).toEqual([]);
  await aMomentLater();
  const after = disk.crash();
  expect(await heldIn(after)).toEqual([0]);
  expect(after.files.get("0")?.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
});

it("notes nothing where the disk can’t make it safe, and goes on when it can", async () => {
  disk.isBroken = true;
  journal.wrote(0, "0");
  await aMomentLater();
  expect(await heldIn(disk)).toEqual([]);
  disk.isBroken = false;
  journal.wrote(1, "0");
  await aMomentLater();
  expect(await heldIn(disk.crash())).toEqual([0, 1]);
});

it("goes on from what was found", async () => {
  journal.keepPage(page(0));
  journal.wrote(3, "0");
  await aMomentLater();
  const found = await Journal.read(disk);
  journal = new Journal(disk);
  const held = Bitfield.parse(found?.held ?? signed, pieceCount) ?? new Bitfield(0);
  journal.resume(held, [page(0)], false);
  journal.keepPage(page(0));
  journal.keepPage(page(1));
  journal.wrote(4, "0");
  await aMomentLater();
  expect((await Journal.read(disk))?.pages).toEqual([page(0), page(1)]);
  expect(await heldIn(disk)).toEqual([3, 4]);
});

it("reads as many pages as are whole", async () => {
  for (const index of [0, 1, 2]) journal.keepPage(page(index));
  await aMomentLater();
  const pages = disk.files.get("pages") ?? new Uint8Array();
  for (const [size, count] of [
    [pages.length - 1, 2],
    [64, 0],
    [0, 0],
  ] as const) {
    disk.files.set("pages", pages.slice(0, size));
    expect((await Journal.read(disk))?.pages).toHaveLength(count);
  }
});

describe("what is wanted", () => {
  const nothing: KeptWish = { isAsked: false, chosen: null };

  it("is nothing where a file was merely looked at", async () => {
    expect(await keptWish(disk)).toEqual(nothing);
  });

  it.each<[string, readonly number[] | null]>([
    ["all", null],
    ["some files", [0, 3, 8, 19_999]],
    ["a file", [7]],
  ])("is noted, safely: %s", async (_what, chosen) => {
    journal.keepWish({ isAsked: true, chosen });
    await journal.settled();
    expect(await keptWish(disk.crash())).toEqual({ isAsked: true, chosen });
  });

  it("is what was said last, also where that is less", async () => {
    for (const chosen of [[1, 500], null, [2, 400], [3]]) {
      journal.keepWish({ isAsked: true, chosen });
      if (chosen !== null) await journal.settled();
    }
    await journal.settled();
    expect(await keptWish(disk)).toEqual({ isAsked: true, chosen: [3] });
    journal.keepWish({ isAsked: false, chosen: [] });
    await journal.settled();
    expect(await keptWish(disk)).toEqual(nothing);
  });

  it("is nothing where it is damaged: what was left out isn't fetched unasked", async () => {
    journal.keepWish({ isAsked: true, chosen: [3, 90] });
    await journal.settled();
    const whole = disk.files.get("chosen") ?? new Uint8Array();
    for (let at = 0; at < whole.length; at++) {
      disk.files.set(
        "chosen",
        Uint8Array.from(whole, (byte, index) => (index === at ? byte ^ 16 : byte)),
      );
      expect(await keptWish(disk)).toEqual(nothing);
    }
    for (const length of [0, 3, 4, whole.length - 1]) {
      disk.files.set("chosen", whole.slice(0, length));
      expect(await keptWish(disk)).toEqual(nothing);
    }
    disk.files.delete("chosen");
    expect(await keptWish(disk)).toEqual(nothing);
  });

  it("is noted where it was said before there was room", async () => {
    journal = new Journal(disk);
    const wish = { isAsked: true, chosen: [4] };
    journal.keepWish(wish);
    await journal.settled();
    await disk.reserve(Journal.sizes(manifest, signed));
    expect(await keptWish(disk)).toEqual(nothing);
    await journal.begin(manifest, signed);
    expect(await keptWish(disk)).toEqual(wish);
  });
});
describe("a damaged journal", () => {
  const spoil = (name: string): void => {
    const bytes = disk.files.get(name);
    bytes?.set([255, 255, 255, 255, 255, 255, 255, 255]);
  };

  beforeEach(async () => {
    journal.keepPage(page(0));
    journal.keepPage(page(1));
    for (const piece of [0, 9]) journal.wrote(piece, "0");
    await aMomentLater();
  });

  it.each<[string, () => unknown]>([
    ["overwritten", () => spoil("held")],
    ["cut", () => disk.files.set("held", (disk.files.get("held") ?? signed).slice(0, -1))],
    ["empty", () => disk.files.set("held", new Uint8Array())],
    ["full of zeros", () => disk.files.get("held")?.fill(0)],
    ["missing", () => disk.files.delete("held")],
  ])("doesn’t say what is held where that is %s, and says the rest", async (_what, breaks) => {
    breaks();
    const found = await Journal.read(disk);
    expect(found).toEqual({ signed, held: null, pages: [page(0), page(1)] });
  });

  it.each<[string, () => unknown]>([
    ["overwritten", () => spoil("pages")],
    ["missing", () => disk.files.delete("pages")],
  ])("says what is held where its pages are %s", async (_what, breaks) => {
    breaks();
    expect(await Journal.read(disk)).toMatchObject({ signed, pages: [] });
    expect(await heldIn(disk)).toEqual([0, 9]);
  });

  it("says what is left where its manifest is missing", async () => {
    disk.files.delete("manifest");
    expect((await Journal.read(disk))?.signed).toEqual(new Uint8Array());
    expect(await heldIn(disk)).toEqual([0, 9]);
  });

  it("is whole again once it goes on", async () => {
    spoil("pages");
    disk.files.set("held", new Uint8Array(pieceCount));
    journal = new Journal(disk);
    const held = new Bitfield(pieceCount);
    held.add(9);
    journal.resume(held, [page(1)], true);
    await journal.settled();
    expect(await Journal.read(disk)).toMatchObject({ signed, pages: [page(1)] });
    expect(await heldIn(disk.crash())).toEqual([9]);
  });
});

it("takes back a piece that was lost, at once, and that all are there", async () => {
  for (let piece = 0; piece < pieceCount; piece++) journal.wrote(piece, "0");
  await journal.settled();
  expect(disk.files.get("done")).toHaveLength(1);
  journal.lost(7);
  await journal.settled();
  expect(await heldIn(disk)).not.toContain(7);
  expect(disk.files.get("done")).toHaveLength(0);
});

it("flushes what it couldn’t before it notes it", async () => {
  await disk.reserve(new Map([["1", MIB]]));
  await disk.write("1", Uint8Array.of(1, 2, 3), 0);
  disk.isBroken = true;
  journal.wrote(0, "1");
  await aMomentLater();
  disk.isBroken = false;
  journal.wrote(1, "0");
  await aMomentLater();
  expect(disk.crash().files.get("1")?.subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
});
