/** The pieces that somebody holds: one bit each, the first in the highest bit of the first byte. */
import type { Bytes } from "../bytes.ts";

export class Bitfield {
  readonly size: number;
  readonly #bits: Bytes;
  #count = 0;

  /** `size` in pieces; empty at first. */
  constructor(size: number) {
    this.size = size;
    this.#bits = new Uint8Array(Math.ceil(size / 8));
  }

  static full(size: number): Bitfield {
    const field = new Bitfield(size);
    for (let piece = 0; piece < size; piece++) field.add(piece);
    return field;
  }

  /** Null unless the bytes are exactly as many as `size` needs, with no bit set past it. */
  static parse(bits: Bytes, size: number): Bitfield | null {
    const field = new Bitfield(size);
    if (bits.length !== field.#bits.length) return null;
    for (const [index, byte] of bits.entries()) {
      for (let bit = 0; bit < 8; bit++) {
        if ((byte & (128 >> bit)) === 0) continue;
        if (index * 8 + bit >= size) return null;
        field.add(index * 8 + bit);
      }
    }
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

  /** A copy of the bits, as BITFIELD carries them. */
  toBytes(): Bytes {
    return this.#bits.slice();
  }
}
