import { type Bytes, toBase64url } from "@shoal/swarm/bytes";
import { LIMITS } from "@shoal/swarm/limits";
import { type Manifest, makeManifest } from "@shoal/swarm/share/manifest";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, describe, expect, it } from "vitest";
import { OpfsStore } from "./opfs-store.ts";

const { blockBytes } = LIMITS;
const port = webCrypto();

/** The small files lie in one pack, a piece each; the large one makes pieces of several blocks. */
const manifest: Manifest = makeManifest([
  { path: ["a"], sizeBytes: 10 },
  { path: ["b"], sizeBytes: blockBytes + 5 },
  { path: ["c"], sizeBytes: 4096 * blockBytes },
]);
/** Of two blocks. */
const PIECE = 1;
const { length } = manifest.layout.span(PIECE);
const content = Uint8Array.from({ length }, (_, index) => index % 251);

describe("a finished piece", () => {
  const written: { name: string; at: number; bytes: Uint8Array }[] = [];
  let store: OpfsStore;

  beforeEach(async () => {
    written.length = 0;
    const unused = () => Promise.reject(new Error("not asked for"));
    store = new OpfsStore({
      remove: () => Promise.resolve(),
      reserve: () => Promise.resolve(),
      write: (name, bytes, at) => {
        written.push({ name, at, bytes });
        return Promise.resolve();
      },
      read: unused,
      file: unused,
    });
    await store.open(manifest, true);
  });

  function keep(bytes: Bytes): void {
    store.keepBlock(PIECE, blockBytes, bytes.slice(blockBytes));
    store.keepBlock(PIECE, 0, bytes.slice(0, blockBytes));
  }

  it("is written in place where its hash matches, and its blocks aren't hashed", async () => {
    keep(content);
    const verdict = await store.finishPiece(PIECE, await port.sha256(content), false);
    expect(verdict).toEqual({ matches: true, blockHashes: null });
    expect(written).toEqual([{ name: "pack", at: 10, bytes: content }]);
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
    expect(written).toEqual([]);
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
    expect(written).toHaveLength(1);
  });

  function blockTexts(bytes: Bytes): Promise<string[]> {
    const blocks = [bytes.slice(0, blockBytes), bytes.slice(blockBytes)];
    return Promise.all(blocks.map(async (block) => toBase64url(await port.sha256(block))));
  }
});
