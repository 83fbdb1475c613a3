import { type Bytes, toBase64url } from "@shoal/swarm/bytes";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { Restored } from "@shoal/swarm/engine/io";
import { LIMITS } from "@shoal/swarm/limits";
import type { Remains } from "@shoal/swarm/restore";
import { type Manifest, makeManifest } from "@shoal/swarm/share/manifest";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
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

describe("a later session", () => {
  /** All of one piece is on disk and noted. */
  async function before(): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    vi.useFakeTimers();
    try {
      const store = new OpfsStore(disk);
      await store.open(manifest, signed, true);
      store.keepBlock(PIECE, 0, content.slice(0, blockBytes));
      store.keepBlock(PIECE, blockBytes, content.slice(blockBytes));
      await store.finishPiece(PIECE, await port.sha256(content), false);
      await vi.runAllTimersAsync();
    } finally {
      vi.useRealTimers();
    }
    return disk;
  }

  /** Takes the journal as it is. */
  const taken = async ({ held, pages }: Remains): Promise<Restored | null> => {
    const field = Bitfield.parse(held, manifest.layout.pieceCount);
    return field && { manifest, signed, pages, held: field };
  };

  it("has the pieces again, and serves them", async () => {
    const disk = await before();
    const store = new OpfsStore(disk);
    const restored = await store.restore(taken);
    expect([...(restored?.held.pieces() ?? [])]).toEqual([PIECE]);
    await store.open(manifest, signed, false);
    const block = new Uint8Array(blockBytes);
    await store.read({ piece: PIECE, offset: 0, length: blockBytes }, block);
    expect(block).toEqual(content.slice(0, blockBytes));
  });

  it.each<[string, (disk: MemoryDisk) => unknown]>([
    ["a file is missing", (disk) => disk.files.delete("2")],
    ["a file is shorter", (disk) => disk.files.set("pack", new Uint8Array(5))],
    ["a file is empty", (disk) => disk.files.set("2", new Uint8Array())],
    ["there is no journal", (disk) => disk.files.delete("held")],
  ])("begins anew, on an empty shelf, where %s", async (_what, breaks) => {
    const disk = await before();
    breaks(disk);
    expect(await new OpfsStore(disk).restore(taken)).toBeNull();
    expect(disk.files.size).toBe(0);
  });

  it("begins anew where the journal isn’t believed", async () => {
    const disk = await before();
    expect(await new OpfsStore(disk).restore(async () => null)).toBeNull();
    expect(disk.files.size).toBe(0);
  });
});
