/**
 * The sharer's own files as a source. They are read in larger strips, kept for a while for the
 * pieces beside and the other leechers, and every piece is compared with the hash that was signed
 * for it: a file that changed underneath ends the share instead of sending wrong bytes, which would
 * look like cheating.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import type { Source } from "@shoal/swarm/driver";
import { ShoalError } from "@shoal/swarm/errors";
import type { Layout } from "@shoal/swarm/share/layout";
import type { Block } from "@shoal/swarm/wire/frame";

/** Large reads are several times faster than small ones (docs/decisions/0001). */
const HASH_READ_BYTES = 8 * 1024 * 1024;
const STRIP_BYTES = 1024 * 1024;
const CACHE_BYTES = 48 * 1024 * 1024;
const HASH_BYTES = 32;

/** A run of whole pieces of one file. */
type Strip = {
  readonly bytes: Promise<Bytes>;
  /** Compared with their signed hashes since the strip was read. */
  readonly checked: Map<number, Promise<void>>;
};

export class FileSource implements Source {
  readonly #files: readonly File[];
  readonly #layout: Layout;
  /** Signed hashes by piece, as far as their pages are made. */
  readonly #hashes = new Map<number, Bytes>();
  /** By file and offset, the least recently used first. */
  readonly #strips = new Map<string, Strip>();
  readonly #stripBytes: number;

  constructor(files: readonly File[], layout: Layout) {
    this.#files = files;
    this.#layout = layout;
    this.#stripBytes = Math.max(layout.pieceBytes, STRIP_BYTES);
  }

  async read(block: Block, into: Bytes): Promise<void> {
    const { file, offset, length } = this.#layout.span(block.piece);
    const stripOffset = offset - (offset % this.#stripBytes);
    const strip = this.#strip(file, stripOffset);
    const start = offset - stripOffset;
    const piece = (await strip.bytes).subarray(start, start + length);
    let check = strip.checked.get(block.piece);
    if (check === undefined) {
      check = this.#check(block.piece, piece);
      strip.checked.set(block.piece, check);
    }
    await check;
    into.set(piece.subarray(block.offset, block.offset + block.length));
  }

  async hashPieces(first: number, end: number): Promise<Bytes> {
    const hashes = new Uint8Array((end - first) * HASH_BYTES);
    for (let piece = first; piece < end;) {
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
    for (let next = piece + 1; next < end && length < HASH_READ_BYTES; next++) {
      const span = this.#layout.span(next);
      if (span.file !== file) break;
      length += span.length;
    }
    return { file, offset, length };
  }

  #strip(file: number, offset: number): Strip {
    const key = `${file}:${offset}`;
    const size = this.#layout.fileSizes[file] ?? 0;
    const length = Math.min(this.#stripBytes, size - offset);
    const strip = this.#strips.get(key) ?? {
      bytes: this.#readFile(file, offset, length),
      checked: new Map(),
    };
    this.#strips.delete(key);
    this.#strips.set(key, strip);
    if (this.#strips.size * this.#stripBytes > CACHE_BYTES) {
      const [oldest] = this.#strips.keys();
      if (oldest !== undefined) this.#strips.delete(oldest);
    }
    return strip;
  }

  async #check(piece: number, bytes: Bytes): Promise<void> {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const signed = this.#hashes.get(piece);
    if (signed === undefined) throw new Error("only pieces whose page is made are read");
    if (!signed.every((byte, index) => byte === hash[index])) {
      throw new ShoalError("source-changed", "content");
    }
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
