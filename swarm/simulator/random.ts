/** Chance from a seed, so that a run can be had again. */

/** Uniform in [0, 1), from the seed on (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A source of chance with the draws that scenarios need. */
export class Chance {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seeded(seed);
  }

  /** A source of its own, so that one part's draws don't shift another's. */
  fork(): Chance {
    return new Chance(this.next() * 2 ** 32);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  /** A whole number, uniform in [low, high]. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Log-uniform in [low, high): as many per octave everywhere. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.next();
  }

  /** One of them; the array isn't empty. */
  of<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  }

  /** `count` of them at most, in random order, each as likely as any other. */
  sample<Item>(items: readonly Item[], count: number): Item[] {
    const left = [...items];
    const chosen: Item[] = [];
    while (chosen.length < count && left.length > 0) {
      const at = Math.floor(this.next() * left.length);
      const item = left[at];
      const last = left.pop();
      if (last !== undefined && at < left.length) left[at] = last;
      if (item !== undefined) chosen.push(item);
    }
    return chosen;
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(Math.ceil(count / 4));
    for (let index = 0; index < words.length; index++) words[index] = this.next() * 2 ** 32;
    return new Uint8Array(words.buffer, 0, count);
  }
}
