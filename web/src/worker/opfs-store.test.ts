import { type Bytes, toBase64url } from "@shoal/swarm/bytes";
import { PieceLost } from "@shoal/swarm/driver";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { Page, Restored } from "@shoal/swarm/engine/io";
import { LIMITS } from "@shoal/swarm/limits";
import type { Remains } from "@shoal/swarm/restore";
import { type Manifest, makeManifest } from "@shoal/swarm/share/manifest";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { release } from "./garbage.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { OpfsStore } from "./opfs-store.ts";

const { blockBytes } = LIMITS;
const port = webCrypto();

/** The small files lie in one pack, a piece each; the large one makes pieces of several blocks. */
const manifest: Manifest = makeManifest([
  { path: ["a"], sizeBytes: 10 },
  { path: ["b"], sizeBytes: blockBytes + 5 },
  { path: ["c"], sizeBytes: 4096 * blockBytes },
]);
const signed = new Uint8Array(64).fill(1);
/** Of two blocks. */
const PIECE = 1;
const { length } = manifest.layout.span(PIECE);
const content = Uint8Array.from({ length }, (_, index) => index % 251);

describe("a finished piece", () => {
  let disk: MemoryDisk;
  let store: OpfsStore;

  beforeEach(async () => {
    disk = new MemoryDisk();
    store = new OpfsStore(disk);
    await store.open(manifest, signed, true);
  });

  const written = (): Uint8Array | undefined => disk.files.get("pack")?.slice(10, 10 + length);

  function keep(bytes: Bytes): void {
    store.keepBlock(PIECE, blockBytes, bytes.slice(blockBytes));
    store.keepBlock(PIECE, 0, bytes.slice(0, blockBytes));
  }

  it("is written in place where its hash matches, and its blocks aren't hashed", async () => {
    keep(content);
    const verdict = await store.finishPiece(PIECE, await port.sha256(content), false);
    expect(verdict).toEqual({ matches: true, blockHashes: null });
    expect(written()).toEqual(content);
  });

  it("is made of copies: the messages that brought its blocks are gone by then", async () => {
    const blocks = [content.slice(0, blockBytes), content.slice(blockBytes)];
    for (const [index, block] of blocks.entries()) {
      store.keepBlock(PIECE, index * blockBytes, block);
      release(block.buffer);
    }
    // A piece of one block as well.
    const small = content.slice(0, 10);
    store.keepBlock(0, 0, small);
    release(small.buffer);
    await store.finishPiece(PIECE, await port.sha256(content), false);
    await store.finishPiece(0, await port.sha256(content.slice(0, 10)), false);
    expect(written()).toEqual(content);
    expect(disk.files.get("pack")?.slice(0, 10)).toEqual(content.slice(0, 10));
  });

  it("is dropped where its hash doesn't match, with the hashes of the blocks that came", async () => {
    const bad = content.slice();
    bad[length - 1] = 255;
    keep(bad);
    const { matches, blockHashes } = await store.finishPiece(
      PIECE,
      await port.sha256(content),
      false,
    );
    expect(matches).toBe(false);
    expect(blockHashes).toEqual(await blockTexts(bad));
    expect(written()).toEqual(new Uint8Array(length));
    await expect(store.finishPiece(PIECE, await port.sha256(content), false)).rejects.toThrow(
      "kept",
    );
  });

  it("is written and its blocks are hashed where it is suspect and matches", async () => {
    keep(content);
    const { matches, blockHashes } = await store.finishPiece(
      PIECE,
      await port.sha256(content),
      true,
    );
    expect(matches).toBe(true);
    expect(blockHashes).toEqual(await blockTexts(content));
    expect(written()).toEqual(content);
  });

  function blockTexts(bytes: Bytes): Promise<string[]> {
    const blocks = [bytes.slice(0, blockBytes), bytes.slice(blockBytes)];
    return Promise.all(blocks.map(async (block) => toBase64url(await port.sha256(block))));
  }
});

describe("the person's own copy of a piece", () => {
  const copyOf = (bytes: Bytes): File => new File([bytes], "b");

  async function offered(file: File | null) {
    const disk = new MemoryDisk();
    const store = new OpfsStore(disk);
    await store.open(manifest, signed, true);
    if (file !== null) store.offer(new Map([[1, file]]));
    const matches = await store.copyPiece(PIECE, await port.sha256(content));
    return { matches, written: disk.files.get("pack")?.slice(10, 10 + length) };
  }

  it("is written in place where it is as it was signed", async () => {
    expect(await offered(copyOf(content))).toEqual({ matches: true, written: content });
  });

  it.each<[string, File | null]>([
    ["is another", copyOf(content.toReversed())],
    ["is cut short", copyOf(content.slice(1))],
    ["isn't there", null],
    [
      "can't be read",
      {
        slice: () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }),
      } as unknown as File,
    ],
  ])("isn't taken where it %s", async (_what, file) => {
    expect(await offered(file)).toEqual({ matches: false, written: new Uint8Array(length) });
  });

  it("is noted for a later session", async () => {
    const disk = new MemoryDisk();
    const one = makeManifest([{ path: ["b"], sizeBytes: 100 }]);
    const store = new OpfsStore(disk);
    await store.open(one, signed, true);
    const bytes = content.slice(0, 100);
    store.offer(new Map([[0, new File([bytes], "b")]]));
    expect(await store.copyPiece(0, await port.sha256(bytes))).toBe(true);
    await store.settled();
    expect(disk.files.get("done")?.[0]).toBe(1);
  });
});

describe("a disk without room", () => {
  it("is given some by finished shares, one after the other", async () => {
    const disk = new MemoryDisk();
    disk.roomBytes = (4096 * blockBytes) / 3;
    disk.finishedShares = 5;
    await new OpfsStore(disk).open(manifest, signed, true);
    expect(disk.files.get("2")).toHaveLength(4096 * blockBytes);
    expect(disk.finishedShares).toBe(3);
  });

  it("is given some once for pieces that find it full at once", async () => {
    const disk = new MemoryDisk();
    const store = new OpfsStore(disk);
    await store.open(manifest, signed, true);
    disk.isFull = true;
    disk.finishedShares = 1;
    const pieces = [PIECE, PIECE + 1, PIECE + 2];
    const verdicts = pieces.map(async (piece) => {
      const bytes = new Uint8Array(manifest.layout.span(piece).length).fill(piece);
      for (let at = 0; at < bytes.length; at += blockBytes) {
        store.keepBlock(piece, at, bytes.slice(at, at + blockBytes));
      }
      return store.finishPiece(piece, await port.sha256(bytes), false);
    });
    const matches = (await Promise.all(verdicts)).map((verdict) => verdict.matches);
    expect(matches).toEqual([true, true, true]);
    expect(disk.finishedShares).toBe(0);
  });

  it("is refused where no finished share is left", async () => {
    const disk = new MemoryDisk();
    disk.roomBytes = 10;
    disk.finishedShares = 1;
    const opened = new OpfsStore(disk).open(manifest, signed, true);
    await expect(opened).rejects.toMatchObject({ code: "no-space" });
  });
});

/** The hashes of `content` at its place. */
async function pages(): Promise<Page[]> {
  const { first, end } = manifest.layout.piecesOfPage(manifest.layout.pageOf(PIECE));
  const hashes = new Uint8Array((end - first) * 32);
  hashes.set(await port.sha256(content), (PIECE - first) * 32);
  return [{ index: manifest.layout.pageOf(PIECE), signature: new Uint8Array(64), hashes }];
}

const BLOCK = { piece: PIECE, offset: 0, length: blockBytes };

/** All of one piece is on disk and noted. */
async function before(files: readonly number[] | null = null): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  vi.useFakeTimers();
  try {
    const store = new OpfsStore(disk);
    await store.open(manifest, signed, true, files);
    for (const page of await pages()) store.keepPage(page);
    store.keepBlock(PIECE, 0, content.slice(0, blockBytes));
    store.keepBlock(PIECE, blockBytes, content.slice(blockBytes));
    await store.finishPiece(PIECE, await port.sha256(content), false);
    vi.runAllTimers();
    await store.settled();
  } finally {
    vi.useRealTimers();
  }
  return disk;
}

/** Takes the journal as it is. */
const taken = async (found: Remains): Promise<Restored | null> => {
  const held = Bitfield.parse(found.held ?? new Uint8Array(), manifest.layout.pieceCount);
  const unchecked = new Bitfield(manifest.layout.pieceCount);
  return held && { manifest, signed, pages: found.pages, held, unchecked };
};

const piecesOf = (field: Bitfield | null | undefined): number[] => [...(field?.pieces() ?? [])];

describe("a later session", () => {
  it("has the pieces again, and serves them", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    const restored = await store.restore(taken);
    expect(piecesOf(restored?.held)).toEqual([PIECE]);
    expect(await store.open(manifest, signed, false)).toBeNull();
    const block = new Uint8Array(blockBytes);
    await store.read(BLOCK, block);
    expect(block).toEqual(content.slice(0, blockBytes));
  });

  it.each<[string, (disk: MemoryDisk) => unknown]>([
    ["shorter", (disk) => disk.files.set("pack", content.slice(0, 5))],
    ["longer", (disk) => disk.files.set("pack", new Uint8Array(5_000_000))],
    ["missing", (disk) => disk.files.delete("pack")],
  ])("compares the pieces of a file that is %s, and mends it", async (_what, breaks) => {
    const disk = await before();
    const sizeBytes = disk.files.get("pack")?.length ?? 0;
    breaks(disk);
    const store = new OpfsStore(disk);
    const restored = await store.restore(taken);
    expect(piecesOf(restored?.held)).toEqual([]);
    expect(piecesOf(restored?.unchecked)).toEqual([PIECE]);
    await store.open(manifest, signed, false);
    expect(disk.files.get("pack")).toHaveLength(sizeBytes);
    // Before the file was mended it was noted: a session that is cut here doesn't believe in it.
    const next = await new OpfsStore(disk).restore(taken);
    expect(piecesOf(next?.held)).toEqual([]);
  });

  it("compares all that is there where the journal isn’t believed", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    expect(await store.restore(async () => null)).toBeNull();
    const unchecked = await store.open(manifest, signed, true);
    expect(unchecked?.count).toBe(manifest.layout.pieceCount);
    expect(await store.checkPiece(PIECE, await port.sha256(content))).toBe(true);
    expect(await store.checkPiece(PIECE + 1, await port.sha256(content))).toBe(false);
    const block = new Uint8Array(blockBytes);
    await store.read(BLOCK, block);
    expect(block).toEqual(content.slice(0, blockBytes));
  });

  it("compares nothing where nothing was there", async () => {
    const store = new OpfsStore(new MemoryDisk());
    expect(await store.restore(taken)).toBeNull();
    expect(await store.open(manifest, signed, true)).toBeNull();
  });

  it("passes on no byte that the disk has changed, and tells which piece is lost", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    await store.restore(taken);
    await store.open(manifest, signed, false);
    disk.files.get("pack")?.fill(99, 10 + blockBytes);
    const lost: number[] = [];
    store.onLost = (piece) => lost.push(piece);
    const block = new Uint8Array(blockBytes);
    const reads = [store.read(BLOCK, block), store.read(BLOCK, block)];
    for (const read of reads) await expect(read).rejects.toBeInstanceOf(PieceLost);
    expect(new Set(lost)).toEqual(new Set([PIECE]));
    await store.settled();
    const next = await new OpfsStore(disk).restore(taken);
    expect(piecesOf(next?.held)).toEqual([]);
  });

  it("hands out no file that the disk has changed", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    await store.restore(taken);
    await store.open(manifest, signed, false);
    expect(new Uint8Array(await (await store.file(1)).arrayBuffer())).toEqual(content);
    disk.files.set("pack", new Uint8Array(5)); // While it is open.
    await expect(store.file(1)).rejects.toBeInstanceOf(PieceLost);
  });
});

describe("room for some files alone", () => {
  it("is all that is taken, until there is to be more, which keeps what is being fetched", async () => {
    const disk = new MemoryDisk();
    const store = new OpfsStore(disk);
    await store.open(manifest, signed, true, [1]);
    expect(disk.files.get("pack")).toHaveLength(10 + length);
    expect(disk.files.has("2")).toBe(false);
    store.keepBlock(PIECE, 0, content.slice(0, blockBytes));
    expect(await store.open(manifest, signed, false, [1, 2])).toBeNull();
    store.keepBlock(PIECE, blockBytes, content.slice(blockBytes));
    const { matches } = await store.finishPiece(PIECE, await port.sha256(content), false);
    expect(matches).toBe(true);
    expect(disk.files.get("2")).toHaveLength(4096 * blockBytes);
    expect(disk.files.get("pack")?.slice(10)).toEqual(content);
  });

  it("is enough for a later session: what is held is believed, and handed out", async () => {
    const disk = await before([1]);
    const store = new OpfsStore(disk);
    const restored = await store.restore(taken);
    expect(piecesOf(restored?.held)).toEqual([PIECE]);
    expect(piecesOf(restored?.unchecked)).toEqual([]);
    await store.open(manifest, signed, false, [1]);
    expect(disk.files.get("pack")).toHaveLength(10 + length);
    expect(new Uint8Array(await (await store.file(1)).arrayBuffer())).toEqual(content);
  });
});

it("what lies beside a damaged piece isn’t passed on unseen", async () => {
  const disk = await before();
  const store = new OpfsStore(disk);
  await store.restore(taken);
  await store.open(manifest, signed, false);
  const block = new Uint8Array(blockBytes);
  await store.read(BLOCK, block);
  // Cut, and then made longer again by a piece that is written behind: full of zeros.
  disk.files.set("pack", new Uint8Array(5));
  await expect(store.file(0)).rejects.toThrow();
  disk.files.set("pack", new Uint8Array(10 + length));
  await expect(store.read(BLOCK, block)).rejects.toBeInstanceOf(PieceLost);
});

describe("a disk that was full", () => {
  it("is tried with as much as is missing before more is fetched", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    await store.restore(taken);
    await store.open(manifest, signed, false);
    disk.isFull = true;
    store.keepBlock(0, 0, content.slice(0, 10));
    const hash = await port.sha256(content.slice(0, 10));
    await expect(store.finishPiece(0, hash, false)).rejects.toMatchObject({ code: "no-space" });
    await expect(store.open(manifest, signed, false)).rejects.toMatchObject({ code: "no-space" });
    disk.isFull = false;
    expect(await store.open(manifest, signed, false)).toBeNull();
    const next = await new OpfsStore(disk).restore(taken);
    expect(piecesOf(next?.held)).toEqual([PIECE]);
  });
});
