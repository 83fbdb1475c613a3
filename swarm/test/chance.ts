/**
 * Chance for millions of inputs, each of which can be made again alone: a run has a seed, an input
 * its number, and what is drawn depends on both and on nothing that was drawn before.
 */
import type { Bytes } from "../src/bytes.ts";

/** Random bytes are copied out of one pool: far quicker than drawing each of 256 KiB. */
const POOL_BYTES = 1024 * 1024;

/** Numbers at which decoders go wrong. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000];

export class Chance {
  readonly #seed: number;
  readonly #pool = new Uint8Array(POOL_BYTES);
  #low = 1;
  #high = 1;

  /** `seed` is from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.#seed = seed;
    this.goTo(0xffffffff);
    const words = new Uint32Array(this.#pool.buffer);
    for (let index = 0; index < words.length; index++) words[index] = this.u32();
  }

  /** What is drawn from here on is input `index`'s. */
  goTo(index: number): void {
    this.#low = mixed(this.#seed ^ 0x9e3779b9) | 1; // Not both zero, where the generator would stay.
    this.#high = mixed(index + 0x6d2b79f5); // One state for each index.
    this.u32();
    this.u32();
  }

  /** From 0 to 2^32 - 1: xoroshiro64**. */
  u32(): number {
    const low = this.#low;
    const high = this.#high ^ low;
    const scrambled = Math.imul(low, 0x9e3779bb);
    this.#low = rotated(low, 26) ^ high ^ (high << 9);
    this.#high = rotated(high, 13);
    return Math.imul(rotated(scrambled, 5), 5) >>> 0;
  }

  /** From 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor((this.u32() / 2 ** 32) * count);
  }

  /** From `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** Whether something that happens once in `count` times happens now. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of a list that isn't empty. */
  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)] as Item;
  }

  /** From 0 to 2^32 - 1; one in two is small or beside a power of two. */
  field(): number {
    switch (this.below(4)) {
      case 0:
        return this.below(300);
      case 1:
        return (this.pick(EXTREMES) - this.below(2)) >>> 0;
      default:
        return this.u32();
    }
  }

  /** From 1 to `most`, each order of magnitude as likely as the next. */
  size(most: number): number {
    return Math.ceil(most ** (this.u32() / 2 ** 32));
  }

  /** Any bytes, in a buffer of their own. */
  bytes(count: number): Bytes {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += POOL_BYTES / 2) {
      const start = this.below(POOL_BYTES / 2);
      bytes.set(this.#pool.subarray(start, start + Math.min(count - at, POOL_BYTES / 2)), at);
    }
    return bytes;
  }
}

const rotated = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** Numbers that differ in one bit come out far apart (MurmurHash3's last step). */
function mixed(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
