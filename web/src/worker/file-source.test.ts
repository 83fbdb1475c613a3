import { sameBytes } from "@shoal/swarm/bytes";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { LIMITS } from "@shoal/swarm/limits";
import { describe, expect, it } from "vitest";
import { FileSource } from "./file-source.ts";

const MIB = 1024 * 1024;
const { blockBytes } = LIMITS;

/** A file that counts how much of it is read, and in how many streams. */
class CountedFile {
  readonly file: File;
  readBytes = 0;
  streamCount = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const blob = new Blob([bytes]);
    this.file = Object.assign(new File([bytes], "film"), {
      slice: (start: number, end: number) => this.#counted(blob.slice(start, end)),
    });
  }

  #counted(blob: Blob): Blob {
    this.streamCount++;
    const plain = blob.slice();
    const stream = (): ReadableStream => {
      const reader = plain.stream().getReader({ mode: "byob" });
      const read = async (view: Uint8Array<ArrayBuffer>, options?: { min: number }) => {
        const result = await reader.read(view, options);
        this.readBytes += result.value?.length ?? 0;
        return result;
      };
      const counted = { read, cancel: () => reader.cancel() };
      return { getReader: () => counted } as unknown as ReadableStream;
    };
    return Object.assign(blob, { stream });
  }

  forget(): void {
    this.readBytes = 0;
    this.streamCount = 0;
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
  counted.forget();
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
  it("are read once, in one go, where pieces are asked for in their order", async () => {
    const { counted, layout, read } = await source(56 * MIB);
    for (let piece = 0; piece < layout.pieceCount; piece++) expect(await read(piece)).toBe(true);
    expect(counted.readBytes).toBe(56 * MIB);
    expect(counted.streamCount).toBeLessThan(4);
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
    counted.forget();
    expect(await read(0)).toBe(true);
    expect(counted.readBytes).toBe(layout.pieceBytes);
  });

  it("are as they should be where many pieces are asked for at once", async () => {
    const { layout, read } = await source(56 * MIB);
    const order = Array.from({ length: layout.pieceCount }, (_, at) => at);
    const shuffled = order.toSorted((a, b) => ((a * 7919) % 997) - ((b * 7919) % 997));
    for (let at = 0; at < shuffled.length; at += 64) {
      const answers = await Promise.all(shuffled.slice(at, at + 64).map(read));
      expect(answers.every(Boolean)).toBe(true);
    }
    expect((await Promise.all(order.map(read))).every(Boolean)).toBe(true);
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
