/**
 * The sharer's own files as a source. Pieces are read whole, kept for a while for the other
 * leechers, and compared with the hash that was signed for them: a file that changed underneath
 * ends the share instead of sending wrong bytes, which would look like cheating.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import type { Source } from "@shoal/swarm/driver";
import { ShoalError } from "@shoal/swarm/errors";
import type { Layout } from "@shoal/swarm/share/layout";
import type { Block } from "@shoal/swarm/wire/frame";

/** Large reads are several times faster than small ones (docs/decisions/0001). */
const READ_BYTES = 8 * 1024 * 1024;
const CACHE_BYTES = 48 * 1024 * 1024;
const HASH_BYTES = 32;

export class FileSource implements Source {
  readonly #files: readonly File[];
  readonly #layout: Layout;
  /** Signed hashes by piece, as far as their pages are made. */
  readonly #hashes = new Map<number, Bytes>();
  /** Whole pieces, the least recently used first. */
  readonly #cache = new Map<number, Promise<Bytes>>();
  readonly #cachedPieces: number;

  constructor(files: readonly File[], layout: Layout) {
    this.#files = files;
    this.#layout = layout;
    this.#cachedPieces = Math.max(2, Math.floor(CACHE_BYTES / layout.pieceBytes));
  }

  async read(block: Block, into: Bytes): Promise<void> {
    const piece = await this.#piece(block.piece);
    into.set(piece.subarray(block.offset, block.offset + block.length));
  }

  async hashPieces(first: number, end: number): Promise<Bytes> {
    const hashes = new Uint8Array((end - first) * HASH_BYTES);
    for (let piece = first; piece < end; ) {
      const run = this.#run(piece, end);
      const bytes = await this.#readFile(run.file, run.offset, run.length);
      for (let at = 0; at < run.length; at += this.#layout.pieceBytes) {
        const content = bytes.subarray(at, at + this.#layout.pieceBytes);
        const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
        this.#hashes.set(piece, hash);
        hashes.set(hash, (piece - first) * HASH_BYTES);
        piece++;
      }
    }
    return hashes;
  }

  /** Pieces from `piece` on that lie in one file and one large read. */
  #run(piece: number, end: number): { file: number; offset: number; length: number } {
    const { file, offset, length: firstLength } = this.#layout.span(piece);
    let length = firstLength;
    for (let next = piece + 1; next < end && length < READ_BYTES; next++) {
      const span = this.#layout.span(next);
      if (span.file !== file) break;
      length += span.length;
    }
    return { file, offset, length };
  }

  #piece(piece: number): Promise<Bytes> {
    const cached = this.#cache.get(piece);
    this.#cache.delete(piece);
    const loading = cached ?? this.#load(piece);
    this.#cache.set(piece, loading);
    if (this.#cache.size > this.#cachedPieces) {
      const [oldest] = this.#cache.keys();
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    return loading;
  }

  async #load(piece: number): Promise<Bytes> {
    const { file, offset, length } = this.#layout.span(piece);
    const bytes = await this.#readFile(file, offset, length);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const signed = this.#hashes.get(piece);
    if (!signed?.every((byte, index) => byte === hash[index])) {
      throw new ShoalError("source-changed", "content");
    }
    return bytes;
  }

  async #readFile(file: number, offset: number, length: number): Promise<Bytes> {
    const blob = this.#files[file]?.slice(offset, offset + length);
    if (blob === undefined) throw new Error("a span lies in a file");
    let buffer: ArrayBuffer;
    try {
      buffer = await blob.arrayBuffer();
    } catch (cause) {
      throw new ShoalError("source-changed", "unreadable", { cause });
    }
    if (buffer.byteLength !== length) throw new ShoalError("source-changed", "shorter");
    return new Uint8Array(buffer);
  }
}
