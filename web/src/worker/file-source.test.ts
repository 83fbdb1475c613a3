import { sameBytes } from "@shoal/swarm/bytes";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { LIMITS } from "@shoal/swarm/limits";
import { describe, expect, it } from "vitest";
import { FileSource } from "./file-source.ts";

const MIB = 1024 * 1024;
const { blockBytes } = LIMITS;

/** A file that counts how much of it is read, and how often. */
class CountedFile {
  readonly file: File;
  readonly reads: { start: number; end: number }[] = [];

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const blob = new Blob([bytes]);
    const { reads } = this;
    this.file = Object.assign(new File([], "film"), {
      slice: (start: number, end: number) => {
        reads.push({ start, end: Math.min(end, bytes.length) });
        return blob.slice(start, end);
      },
    });
  }

  get readBytes(): number {
    return this.reads.reduce((sum, { start, end }) => sum + end - start, 0);
  }
}

/** Bytes that differ from block to block. */
function content(size: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(size / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 0x9e3779b1);
  return new Uint8Array(words.buffer);
}

async function source(size: number) {
  const bytes = content(size);
  const counted = new CountedFile(bytes);
  const { layout } = makeManifest([{ path: ["film"], sizeBytes: size }]);
  const made = new FileSource([counted.file], layout);
  await made.hashPieces(0, layout.pieceCount);
  counted.reads.length = 0;
  const read = async (piece: number): Promise<boolean> => {
    const { offset, length } = layout.span(piece);
    for (let at = 0; at < length; at += blockBytes) {
      const into = new Uint8Array(Math.min(blockBytes, length - at));
      await made.read({ piece, offset: at, length: into.length }, into);
      const truth = bytes.subarray(offset + at, offset + at + into.length);
      if (!sameBytes(into, truth)) return false;
    }
    return true;
  };
  return { made, counted, layout, read, bytes };
}

describe("the sharer's files", () => {
  it("are read once, in large parts, where pieces are asked for in their order", async () => {
    const { counted, layout, read } = await source(56 * MIB);
    for (let piece = 0; piece < layout.pieceCount; piece++) expect(await read(piece)).toBe(true);
    expect(counted.readBytes).toBe(56 * MIB);
    expect(counted.reads.length).toBeLessThan(56 / 4 + 3);
  });

  it("are read a piece at a time where any piece may be next", async () => {
    const { counted, layout, read } = await source(56 * MIB);
    let pieceCount = 0;
    for (let piece = 0; piece < layout.pieceCount; piece += 2) {
      expect(await read(piece)).toBe(true);
      pieceCount++;
    }
    expect(counted.readBytes).toBe(pieceCount * layout.pieceBytes);
  });

  it("are read once where they fit into the cache, in whatever order", async () => {
    const { counted, layout, read } = await source(16 * MIB);
    for (let index = 0; index < layout.pieceCount; index++) {
      expect(await read((index * 7) % layout.pieceCount)).toBe(true);
    }
    expect(counted.readBytes).toBe(16 * MIB);
  });

  it("are read again for what the cache has let go of", async () => {
    const { counted, layout, read } = await source(56 * MIB);
    await read(0);
    await read(0);
    expect(counted.readBytes).toBe(layout.pieceBytes);
    for (let piece = 2; piece < layout.pieceCount; piece += 2) await read(piece);
    counted.reads.length = 0;
    expect(await read(0)).toBe(true);
    expect(counted.readBytes).toBe(layout.pieceBytes);
  });

  it("end the share where they changed after they were hashed", async () => {
    const { made, counted, read } = await source(4 * MIB);
    const other = new Blob([new Uint8Array(4 * MIB)]);
    Object.assign(counted.file, { slice: (start: number, end: number) => other.slice(start, end) });
    await expect(read(3)).rejects.toMatchObject({ code: "source-changed" });
    Object.assign(counted.file, { slice: () => new Blob([]) });
    const into = new Uint8Array(10);
    const block = { piece: 40, offset: 0, length: 10 };
    await expect(made.read(block, into)).rejects.toMatchObject({ code: "source-changed" });
  });
});
