/** Browsers' file systems fail in ways of their own; here a stand-in for one does. */
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { keepFor } from "./keeping.ts";
import { removeLeftovers, Shelf } from "./shelf.ts";

/** What a write returns, of so many bytes. */
let returned: (lengthBytes: number) => unknown;
/** Files grow so long and no longer, without a word. */
let mostBytes: number;
let sizes: Map<string, number>;

/** One file, as far as a shelf uses it. */
function fileHandle(name: string) {
  return {
    createSyncAccessHandle: async () => ({
      write: (bytes: Uint8Array) => returned(bytes.length),
      read: (into: Uint8Array) => returned(into.length),
      truncate: (sizeBytes: number) => {
        if (sizeBytes <= mostBytes) sizes.set(name, sizeBytes);
      },
      getSize: () => sizes.get(name) ?? 0,
      flush: () => undefined,
      close: () => undefined,
    }),
  };
}

const folder = {
  name: "a",
  async *keys() {
    yield* sizes.keys();
  },
  getDirectoryHandle: async () => folder,
  getFileHandle: async (name: string) => fileHandle(name),
  removeEntry: async (name: string) => void sizes.delete(name),
};

let shelf: Shelf;

beforeEach(async () => {
  returned = (lengthBytes) => lengthBytes;
  mostBytes = Infinity;
  sizes = new Map();
  vi.stubGlobal("navigator", { storage: { getDirectory: async () => folder } });
  shelf = await Shelf.open("a");
  return () => vi.unstubAllGlobals();
});

describe("a write", () => {
  const write = (): Promise<void> => shelf.write("0", new Uint8Array(100), 0);

  it("counts where all of it was written", async () => {
    await expect(write()).resolves.toBeUndefined();
  });

  it.each<[string, unknown]>([
    ["less than it should", 99],
    ["nothing", 0],
    ["more than there is", 101],
    ["a negative length", -1],
    ["no number", Number.NaN],
    ["no word at all", undefined],
  ])("that says %s is a full disk", async (_what, length) => {
    returned = () => length;
    await expect(write()).rejects.toMatchObject({ code: "no-space" });
  });

  it("that throws is told apart: a full disk from a failing one", async () => {
    returned = () => {
      throw new DOMException("no more", "QuotaExceededError");
    };
    await expect(write()).rejects.toMatchObject({ code: "no-space" });
    returned = () => {
      throw new DOMException("it is gone", "InvalidStateError");
    };
    await expect(write()).rejects.toMatchObject({ code: "storage-failed" });
  });
});

// A journal's timer that was still running made a file again, whose handle kept the rest from going.
it("one that was destroyed takes nothing any more", async () => {
  await shelf.reserve(new Map([["0", 100]]));
  await shelf.destroy();
  expect([...sizes.keys()]).toEqual([]);
  const late = shelf.reserve(new Map([["held", 10]]));
  await expect(late).rejects.toMatchObject({ code: "storage-failed" });
  expect([...sizes.keys()]).toEqual([]);
});

it("a read that brings less than was asked for is a failing disk", async () => {
  returned = () => 99;
  const read = shelf.read("0", new Uint8Array(100), 0);
  await expect(read).rejects.toMatchObject({ code: "storage-failed" });
});

it("a file that doesn’t grow, without a word, is a full disk, and nothing is left of it", async () => {
  mostBytes = 0;
  const reserved = shelf.reserve(new Map([["0", 100]]));
  await expect(reserved).rejects.toMatchObject({ code: "no-space" });
  expect(sizes.size).toBe(0);
});

it("room that was looked for is given back, whether it was there or not", async () => {
  await shelf.findRoom(100);
  returned = () => 50;
  await expect(shelf.findRoom(100)).rejects.toMatchObject({ code: "no-space" });
  expect(sizes.size).toBe(0);
});

it("room that isn’t there for more leaves what is there as it was", async () => {
  await shelf.reserve(new Map([["pack", 100]]));
  mostBytes = 1000;
  const wanted = new Map([
    ["pack", 200],
    ["0", 10],
    ["1", 5000],
  ]);
  await expect(shelf.reserve(wanted)).rejects.toMatchObject({ code: "no-space" });
  expect(sizes).toEqual(new Map([["pack", 100]]));
});

/** Folders of finished shares, by name, with when the last piece of each came; no tab has them open. */
function stubShares(usedMs: Readonly<Record<string, number>>) {
  const left = new Map(Object.entries(usedMs));
  const share = (lastModified: number) => {
    const getFile = async () => ({ lastModified, size: 1 });
    const file = { kind: "file", getFile };
    return {
      kind: "directory",
      getFileHandle: async () => file,
      async *values() {
        yield file;
      },
    };
  };
  const root = {
    getDirectoryHandle: async (name: string) => (name === "shares" ? root : folder),
    async *entries() {
      for (const [name, ms] of left) yield [name, share(ms)] as const;
    },
    removeEntry: async (name: string) => void left.delete(name),
  };
  const request = (_name: string, _options: unknown, work: (lock: object) => unknown) => work({});
  vi.stubGlobal("navigator", {
    storage: { getDirectory: async () => root },
    locks: { request },
  });
  return left;
}

it("what was used last before a time goes, and the rest stays", async () => {
  const left = stubShares({ old: 1000, older: 500, recent: 1001 });
  await removeLeftovers(-Infinity);
  expect([...left.keys()]).toEqual(["old", "older", "recent"]);
  await removeLeftovers(1000);
  expect([...left.keys()]).toEqual(["recent"]);
});

it("a finished share makes room for another, unless all are to stay", async () => {
  const left = stubShares({ newer: 1000, older: 500 });
  const other = await Shelf.open("b");
  await keepFor(null);
  expect(await other.makeRoom()).toBe(false);
  await keepFor(30);
  expect(await other.makeRoom()).toBe(true);
  expect([...left.keys()]).toEqual(["newer"]);
});
