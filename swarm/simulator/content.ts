/** What a simulated share contains, and a peer's copy of it: kept as truths, not as bytes. */
import type { Bytes } from "../src/bytes.ts";
import type { Source, Store } from "../src/driver.ts";
import { blockHashesOf } from "../src/engine/block-hashes.ts";
import type { PieceVerdict } from "../src/engine/io.ts";
import { ShoalError } from "../src/errors.ts";
import { Layout } from "../src/share/layout.ts";
import type { Manifest } from "../src/share/manifest.ts";
import type { Block } from "../src/wire/frame.ts";
import { digest } from "./crypto.ts";
import type { Chance } from "./random.ts";

/** The sharer's files: random bytes, so that no block is like another. */
export class Content implements Source {
  readonly manifest: Manifest;
  readonly #bytes: Bytes;
  readonly #firstByteOfFile: number[] = [];
  readonly #hashes = new Map<number, Bytes>();

  constructor(fileSizes: readonly number[], pieceBytes: number, chance: Chance) {
    const files = fileSizes.map((sizeBytes, index) => ({ path: [`${index}`], sizeBytes }));
    this.manifest = { files, layout: new Layout(fileSizes, pieceBytes) };
    let totalBytes = 0;
    for (const size of fileSizes) {
      this.#firstByteOfFile.push(totalBytes);
      totalBytes += size;
    }
    this.#bytes = chance.bytes(totalBytes);
  }

  /** A view of the true bytes. */
  truth(piece: number, offset: number, length?: number): Bytes {
    const span = this.manifest.layout.span(piece);
    const start = (this.#firstByteOfFile[span.file] ?? 0) + span.offset;
    return this.#bytes.subarray(start + offset, start + (length ?? span.length - offset) + offset);
  }

  /** The digest of a piece's true bytes. */
  hashOf(piece: number): Bytes {
    const hash = this.#hashes.get(piece) ?? digest(this.truth(piece, 0));
    this.#hashes.set(piece, hash);
    return hash;
  }

  async read(block: Block, into: Bytes): Promise<void> {
    into.set(this.truth(block.piece, block.offset, block.length));
  }

  async hashPieces(first: number, end: number): Promise<Bytes> {
    const hashes = new Uint8Array((end - first) * 32);
    for (let piece = first; piece < end; piece++) {
      hashes.set(this.hashOf(piece), (piece - first) * 32);
    }
    return hashes;
  }
}

/** A block as it came: null for the true bytes, of which nobody needs a copy. */
type Kept = { readonly length: number; readonly lie: Bytes | null };

/**
 * A leecher's store. Of true bytes it remembers only that they are; it sees for itself whether they are, whatever the engine believes.
 */
export class Copy implements Store {
  readonly #content: Content;
  readonly #verified: () => void;
  readonly #came: () => void;
  readonly #kept = new Map<number, Map<number, Kept>>();
  readonly #stored = new Set<number>();
  /** Pieces that were taken for good and aren't what was shared. */
  wrongPieceCount = 0;
  /** Reads of what was never stored. */
  blindReadCount = 0;
  storedBytes = 0;
  /** Bytes kept for pieces that aren't complete. */
  keptBytes = 0;

  /** `came` is called for each block, `verified` for each piece that is stored. */
  constructor(content: Content, came: () => void, verified: () => void) {
    this.#content = content;
    this.#came = came;
    this.#verified = verified;
  }

  get pieceCount(): number {
    return this.#stored.size;
  }

  get isWhole(): boolean {
    return this.#stored.size === this.#content.manifest.layout.pieceCount;
  }

  has(piece: number): boolean {
    return this.#stored.has(piece);
  }

  keepPage(): void {}

  async open(_manifest: Manifest, _signed: Bytes, isEmpty: boolean): Promise<null> {
    if (!isEmpty) return null;
    this.#stored.clear();
    this.storedBytes = 0;
    return null;
  }

  async checkPiece(piece: number): Promise<boolean> {
    return this.#stored.has(piece);
  }

  keepBlock(piece: number, offset: number, payload: Bytes): void {
    const blocks = this.#kept.get(piece) ?? new Map<number, Kept>();
    this.#kept.set(piece, blocks);
    const { length } = payload;
    this.keptBytes += length - (blocks.get(offset)?.length ?? 0);
    const isTrue = Buffer.compare(payload, this.#content.truth(piece, offset, length)) === 0;
    blocks.set(offset, { length, lie: isTrue ? null : payload.slice() });
    this.#came();
  }

  async finishPiece(piece: number, hash: Bytes, isSuspect: boolean): Promise<PieceVerdict> {
    const blocks = this.#kept.get(piece) ?? new Map<number, Kept>();
    this.dropPiece(piece);
    const isTrue = this.#isTrue(piece, blocks);
    const actual = isTrue ? this.#content.hashOf(piece) : digest(this.#joined(piece, blocks));
    const matches = actual.every((byte, index) => byte === hash[index]);
    if (matches) this.#keep(piece, isTrue);
    if (matches && !isSuspect) return { matches, blockHashes: null };
    const joined = this.#joined(piece, blocks);
    const blockHashes = await blockHashesOf(joined, async (block) => digest(block));
    return { matches, blockHashes };
  }

  /** Nobody brings a copy of their own to a simulation. */
  async copyPiece(): Promise<boolean> {
    return false;
  }

  #keep(piece: number, isTrue: boolean): void {
    if (!isTrue) this.wrongPieceCount++;
    if (!this.#stored.has(piece)) {
      this.storedBytes += this.#content.manifest.layout.span(piece).length;
    }
    this.#stored.add(piece);
    this.#verified();
  }

  dropPiece(piece: number): void {
    for (const { length } of this.#kept.get(piece)?.values() ?? []) this.keptBytes -= length;
    this.#kept.delete(piece);
  }

  async read(block: Block, into: Bytes): Promise<void> {
    if (!this.#stored.has(block.piece)) {
      this.blindReadCount++;
      throw new ShoalError("storage-failed", "a piece that was never stored");
    }
    into.set(this.#content.truth(block.piece, block.offset, block.length));
  }

  #isTrue(piece: number, blocks: ReadonlyMap<number, Kept>): boolean {
    let bytes = 0;
    for (const { length, lie } of blocks.values()) {
      if (lie !== null) return false;
      bytes += length;
    }
    return bytes === this.#content.manifest.layout.span(piece).length;
  }

  #joined(piece: number, blocks: ReadonlyMap<number, Kept>): Bytes {
    const bytes = new Uint8Array(this.#content.manifest.layout.span(piece).length);
    for (const [offset, { length, lie }] of blocks) {
      bytes.set(lie ?? this.#content.truth(piece, offset, length), offset);
    }
    return bytes;
  }
}
