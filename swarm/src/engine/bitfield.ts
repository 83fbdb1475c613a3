/** The pieces that somebody holds: one bit each, the first in the highest bit of the first byte. */
import type { Bytes } from "../bytes.ts";

const WORD_BITS = 32;

export class Bitfield {
  readonly size: number;
  /** Padded to whole words; the padding's bits are never set. */
  readonly #bits: Bytes;
  /** The same bits, for going through many at once. In memory's order: only zero says something. */
  readonly #words: Uint32Array;
  #count = 0;

  /** `size` in pieces; empty at first. */
  constructor(size: number) {
    this.size = size;
    this.#bits = new Uint8Array(Math.ceil(size / WORD_BITS) * 4);
    this.#words = new Uint32Array(this.#bits.buffer);
  }

  static full(size: number): Bitfield {
    const field = new Bitfield(size);
    field.#bits.fill(0xff, 0, size >> 3);
    if ((size & 7) !== 0) field.#bits[size >> 3] = 0xff << (8 - (size & 7));
    field.#count = size;
    return field;
  }

  /** Null unless the bytes are exactly as many as `size` needs, with no bit set past it. */
  static parse(bits: Bytes, size: number): Bitfield | null {
    if (bits.length !== Math.ceil(size / 8)) return null;
    const spare = (8 - (size & 7)) & 7;
    if (((bits.at(-1) ?? 0) & ((1 << spare) - 1)) !== 0) return null;
    const field = new Bitfield(size);
    field.#bits.set(bits);
    for (const byte of bits) field.#count += onesOf(byte);
    return field;
  }

  /** How many pieces are held. */
  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.size;
  }

  has(piece: number): boolean {
    return ((this.#bits[piece >> 3] ?? 0) & (128 >> (piece & 7))) !== 0;
  }

  /** False where it was held already. */
  add(piece: number): boolean {
    if (this.has(piece) || piece >= this.size) return false;
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) | (128 >> (piece & 7));
    this.#count++;
    return true;
  }

  /** False where it wasn't held. */
  remove(piece: number): boolean {
    if (!this.has(piece)) return false;
    this.#bits[piece >> 3] = (this.#bits[piece >> 3] ?? 0) & ~(128 >> (piece & 7));
    this.#count--;
    return true;
  }

  /** Another one that holds the same. */
  copy(): Bitfield {
    const field = new Bitfield(this.size);
    field.assign(this);
    return field;
  }

  /** Holds from now on what `other`, a field of the same size, does. */
  assign(other: Bitfield): void {
    this.#bits.set(other.#bits);
    this.#count = other.#count;
  }

  /**
   * The first piece at or after `from` that is held here and, as `wish` says, held or missing in
   * `other`, a field of the same size; -1 if there is none. Skips 32 pieces at a time.
   */
  next(other: Bitfield, wish: "held" | "missing", from: number): number {
    const flip = wish === "held" ? 0 : -1;
    const wordCount = this.#words.length;
    // Bits before `from` in its own word don't count.
    let byte = from >> 3;
    let mask = 0xff >> (from & 7);
    while ((byte & 3) !== 0 || mask !== 0xff) {
      const piece = this.#inByte(other, flip, byte, mask);
      if (piece >= 0) return piece;
      mask = 0xff;
      byte++;
      if (byte >= this.#bits.length) return -1;
    }
    for (let word = byte >> 2; word < wordCount; word++) {
      if (((this.#words[word] ?? 0) & ((other.#words[word] ?? 0) ^ flip)) === 0) continue;
      for (let at = word * 4; at < word * 4 + 4; at++) {
        const piece = this.#inByte(other, flip, at, 0xff);
        if (piece >= 0) return piece;
      }
    }
    return -1;
  }

  #inByte(other: Bitfield, flip: number, byte: number, mask: number): number {
    const both = (this.#bits[byte] ?? 0) & ((other.#bits[byte] ?? 0) ^ flip) & mask;
    return both === 0 ? -1 : byte * 8 + Math.clz32(both) - 24;
  }

  /** The pieces that are held, in order. */
  *pieces(): Iterable<number> {
    for (let piece = this.next(this, "held", 0); piece >= 0;) {
      yield piece;
      piece = piece + 1 < this.size ? this.next(this, "held", piece + 1) : -1;
    }
  }

  /** How many pieces are held both here and in `wanted`, and missing in `had`. */
  countOf(wanted: Bitfield, had: Bitfield): number {
    let count = 0;
    for (let index = 0; index < this.#words.length; index++) {
      const word =
        (this.#words[index] ?? 0) & (wanted.#words[index] ?? 0) & ~(had.#words[index] ?? 0);
      if (word !== 0) count += onesOf(word);
    }
    return count;
  }

  /** A copy of the bits, as BITFIELD carries them. */
  toBytes(): Bytes {
    return this.#bits.slice(0, Math.ceil(this.size / 8));
  }
}

/** Ones among 32 bits (Hacker's Delight, 5-1). */
function onesOf(word: number): number {
  let sum = word - ((word >>> 1) & 0x55555555);
  sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
  return Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
