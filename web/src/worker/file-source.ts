/**
 * The sharer's own files as a source. What was read is kept for a while, for the other leechers, and
 * every piece is compared with the hash that was signed for it: a file that changed underneath ends
 * the share instead of sending wrong bytes, which would look like cheating.
 */
import { type Bytes, sameBytes } from "@shoal/swarm/bytes";
import type { Source } from "@shoal/swarm/driver";
import type { Page } from "@shoal/swarm/engine/io";
import { ShoalError } from "@shoal/swarm/errors";
import type { Layout } from "@shoal/swarm/share/layout";
import type { Block } from "@shoal/swarm/wire/frame";
import { release } from "./garbage.ts";
import { SequentialReader } from "./sequential-reader.ts";
import { sha256 } from "./sha256.ts";

/** Large reads are several times faster than small ones (docs/decisions/0001). */
const HASH_READ_BYTES = 4 * 1024 * 1024;
const CACHE_BYTES = 16 * 1024 * 1024;
/** Read at once where pieces are asked for in the file's order. */
const AHEAD_BYTES = 4 * 1024 * 1024;
/**
 * And where they aren't, of files that fit into the cache. Of others a piece at a time: what is read
 * beside it would be gone before it is asked for.
 */
const STRIP_BYTES = 1024 * 1024;
const HASH_BYTES = 32;

/** How many strips' memory is kept to be used again. */
const SPARE_STRIPS = 2;

/** A run of whole pieces of one file. */
type Strip = {
  readonly first: number;
  readonly end: number;
  readonly lengthBytes: number;
  /** The piece before it was asked for as well. */
  readonly isInOrder: boolean;
  readonly bytes: Promise<Bytes>;
  /** Compared with their signed hashes since the strip was read. */
  readonly checked: Map<number, Promise<void>>;
  /** Reads that wait for it, or for its check. */
  readers: number;
  /** It is no longer kept for others. */
  isEvicted: boolean;
};

/** Whole pieces that lie one after the other in a file. */
type Run = { first: number; end: number; file: number; offset: number; length: number };

export class FileSource implements Source {
  readonly #files: readonly File[];
  readonly #layout: Layout;
  /** Signed hashes by piece, as far as their pages are made. */
  readonly #hashes = new Map<number, Bytes>();
  /** The least recently used first. */
  readonly #strips = new Set<Strip>();
  readonly #stripOf = new Map<number, Strip>();
  readonly #isCached: boolean;
  #cachedBytes = 0;
  readonly #spareStrips: Bytes[] = [];
  readonly #toHash = new SequentialReader();
  readonly #toSend = new SequentialReader();
  readonly #toSee = new SequentialReader();
  /** What was hashed lay in it: what comes next may. */
  #spare: Bytes = new Uint8Array();

  constructor(files: readonly File[], layout: Layout) {
    this.#files = files;
    this.#layout = layout;
    this.#isCached = layout.totalBytes <= CACHE_BYTES;
  }

  async read(block: Block, into: Bytes): Promise<void> {
    const { piece } = block;
    const strip = this.#stripOf.get(piece) ?? this.#load(piece);
    this.#strips.delete(strip);
    this.#strips.add(strip);
    strip.readers++;
    if (strip.isInOrder && 2 * piece >= strip.first + strip.end - 1) this.#readAhead(strip);
    try {
      await this.#copy(strip, block, into);
    } finally {
      strip.readers--;
      this.#recycle(strip);
    }
  }

  async #copy(strip: Strip, block: Block, into: Bytes): Promise<void> {
    const { piece } = block;
    const { offset, length } = this.#layout.span(piece);
    const start = offset - this.#layout.span(strip.first).offset;
    const bytes = (await strip.bytes).subarray(start, start + length);
    let check = strip.checked.get(piece);
    if (check === undefined) {
      check = this.#check(piece, bytes);
      strip.checked.set(piece, check);
    }
    await check;
    into.set(bytes.subarray(block.offset, block.offset + block.length));
  }

  /** Once nobody reads from it any more, what comes next is read into its memory. */
  #recycle(strip: Strip): void {
    if (!strip.isEvicted || strip.readers > 0) return;
    const keep = (bytes: Bytes): void => {
      if (this.#spareStrips.length < SPARE_STRIPS) this.#spareStrips.push(bytes);
      else release(bytes.buffer);
    };
    strip.bytes.then(keep, () => undefined); // Safe: whoever asked for a piece of it was told.
  }

  /** Takes a page that an earlier session signed at its word: pieces are compared when they are read. */
  know(page: Page, firstPiece: number): void {
    for (let at = 0; at < page.hashes.length; at += HASH_BYTES) {
      const hash = page.hashes.slice(at, at + HASH_BYTES);
      this.#hashes.set(firstPiece + at / HASH_BYTES, hash);
    }
  }

  /** Bytes of a file as they are now, for the sharer's own eyes: compared with no hash. */
  peek(file: number, offset: number, length: number): Promise<Bytes> {
    const into = new Uint8Array(length);
    return this.#toSee.read({ file: this.#file(file), offset, into, goesOn: true });
  }

  async hashPieces(first: number, end: number): Promise<Bytes> {
    const hashes = new Uint8Array((end - first) * HASH_BYTES);
    let memory = this.#spare;
    this.#spare = new Uint8Array();
    for (let piece = first; piece < end;) {
      const run = this.#run(piece, HASH_READ_BYTES, (next) => next < end);
      const into = memory.length === run.length ? memory : new Uint8Array(run.length);
      const stretch = { file: this.#file(run.file), offset: run.offset, into, goesOn: true };
      memory = await this.#toHash.read(stretch);
      for (let at = 0; at < run.length; at += this.#layout.pieceBytes) {
        const content = memory.subarray(at, at + this.#layout.pieceBytes);
        const hash = await sha256(content);
        this.#hashes.set(piece, hash);
        hashes.set(hash, (piece - first) * HASH_BYTES);
        piece++;
      }
    }
    this.#spare = memory;
    return hashes;
  }

  /** Pieces from `first` on that lie in one file and may be, until they are `mostBytes` or more. */
  #run(first: number, mostBytes: number, mayBe: (piece: number) => boolean): Run {
    const { file, offset, length: firstLength } = this.#layout.span(first);
    const run = { first, end: first + 1, file, offset, length: firstLength };
    while (run.length < mostBytes && mayBe(run.end)) {
      const span = this.#layout.span(run.end);
      if (span.file !== file) break;
      run.length += span.length;
      run.end++;
    }
    return run;
  }

  /** What comes next will be asked for in a moment. */
  #readAhead({ first, end }: Strip): void {
    if (!this.#isUnread(end)) return;
    if (this.#layout.span(end).file === this.#layout.span(first).file) this.#load(end);
  }

  #isUnread(piece: number): boolean {
    return piece < this.#layout.pieceCount && !this.#stripOf.has(piece);
  }

  /** Reads the piece; more than it where what is asked for comes in the file's order. */
  #load(piece: number): Strip {
    const isInOrder = this.#stripOf.has(piece - 1);
    const mostBytes = isInOrder ? AHEAD_BYTES : this.#isCached ? STRIP_BYTES : 0;
    const run = this.#run(piece, mostBytes, (next) => this.#isUnread(next));
    const spare = this.#spareStrips.pop();
    const bytes = this.#toSend.read({
      file: this.#file(run.file),
      offset: run.offset,
      into: spare?.length === run.length ? spare : new Uint8Array(run.length),
      goesOn: isInOrder,
    });
    bytes.catch(() => undefined); // Safe: whoever asks for a piece of it is told.
    const strip = {
      first: run.first,
      end: run.end,
      lengthBytes: run.length,
      isInOrder,
      bytes,
      checked: new Map<number, Promise<void>>(),
      readers: 0,
      isEvicted: false,
    };
    this.#strips.add(strip);
    for (let at = strip.first; at < strip.end; at++) this.#stripOf.set(at, strip);
    this.#cachedBytes += strip.lengthBytes;
    this.#evict(strip);
    return strip;
  }

  #evict(newest: Strip): void {
    for (const strip of this.#strips) {
      if (this.#cachedBytes <= CACHE_BYTES || strip === newest) return;
      this.#strips.delete(strip);
      this.#cachedBytes -= strip.lengthBytes;
      for (let at = strip.first; at < strip.end; at++) this.#stripOf.delete(at);
      strip.isEvicted = true;
      this.#recycle(strip);
    }
  }

  async #check(piece: number, bytes: Bytes): Promise<void> {
    const hash = await sha256(bytes);
    const signed = this.#hashes.get(piece);
    if (signed === undefined) throw new Error("only pieces whose page is made are read");
    if (!sameBytes(signed, hash)) {
      throw new ShoalError("source-changed", "content");
    }
  }

  #file(index: number): File {
    const file = this.#files[index];
    if (file === undefined) throw new Error("a span lies in a file");
    return file;
  }
}
