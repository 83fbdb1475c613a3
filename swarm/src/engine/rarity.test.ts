import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seeded } from "../../simulator/random.ts";
import { Bitfield } from "./bitfield.ts";
import { Rarity } from "./rarity.ts";

const fieldOf = (size: number, pieces: Iterable<number>): Bitfield => {
  const field = new Bitfield(size);
  for (const piece of pieces) field.add(piece);
  return field;
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The same, counted in the plainest way. */
class Naive {
  readonly copies: number[];
  readonly offers: number[];
  readonly open = new Set<number>();
  fullPeerCount = 0;

  constructor(size: number) {
    this.copies = upTo(size).map(() => 0);
    this.offers = upTo(size).map(() => 0);
  }

  copiesOf(piece: number): number {
    return this.fullPeerCount + (this.copies[piece] ?? 0);
  }

  /** How much is spoken of for a piece. */
  rank(piece: number): number {
    return (this.copies[piece] ?? 0) + (this.offers[piece] ?? 0);
  }

  get copiesOut(): number {
    const counts = this.copies.map((_, piece) => this.copiesOf(piece));
    const least = Math.min(...counts);
    return least + counts.filter((count) => count > least).length / counts.length;
  }

  candidates(somebody: Bitfield, wish: "held" | "missing"): number[] {
    return [...this.open].filter((piece) => somebody.has(piece) === (wish === "held"));
  }
}

type Step = { readonly what: (typeof STEPS)[number]; readonly at: number };
const STEPS = ["copy", "uncopy", "offer", "withdraw", "full", "unfull", "open", "close"] as const;
const steps = fc.array(fc.record<Step>({ what: fc.constantFrom(...STEPS), at: fc.nat(10_000) }), {
  maxLength: 300,
  size: "max",
});

/** Both after the same steps; steps that make no sense there are skipped. */
function after(size: number, taken: readonly Step[], seed: number): [Rarity, Naive] {
  const rarity = new Rarity(size, seeded(seed));
  const naive = new Naive(size);
  const change = (counts: number[], piece: number, by: 1 | -1, act: () => void): void => {
    const count = counts[piece] ?? 0;
    if (count + by < 0) return;
    counts[piece] = count + by;
    act();
  };
  for (const { what, at } of taken) {
    const piece = at % size;
    if (what === "copy") change(naive.copies, piece, 1, () => rarity.addCopy(piece));
    if (what === "uncopy") change(naive.copies, piece, -1, () => rarity.removeCopy(piece));
    if (what === "offer") change(naive.offers, piece, 1, () => rarity.offer(piece, 1));
    if (what === "withdraw") change(naive.offers, piece, -1, () => rarity.offer(piece, -1));
    if (what === "full") {
      naive.fullPeerCount++;
      rarity.addFullPeer();
    }
    if (what === "unfull" && naive.fullPeerCount > 0) {
      naive.fullPeerCount--;
      rarity.removeFullPeer();
    }
    if (what === "open" || what === "close") {
      if (what === "open") naive.open.add(piece);
      else naive.open.delete(piece);
      rarity.setOpen(piece, what === "open");
    }
  }
  return [rarity, naive];
}

const anyState = [fc.integer({ min: 1, max: 150 }), steps, fc.nat()] as const;

test("copies, full copies and open pieces are as counted plainly", () => {
  fc.assert(
    fc.property(...anyState, (size, taken, seed) => {
      const [rarity, naive] = after(size, taken, seed);
      const pieces = upTo(size);
      expect(pieces.map((piece) => rarity.copiesOf(piece))).toEqual(
        pieces.map((piece) => naive.copiesOf(piece)),
      );
      expect(pieces.filter((piece) => rarity.isOpen(piece))).toEqual(
        pieces.filter((piece) => naive.open.has(piece)),
      );
      expect(rarity.openCount).toBe(naive.open.size);
      expect(rarity.copiesOut).toBeCloseTo(naive.copiesOut, 9);
      const isAnyUntouched = [...naive.open].some((piece) => naive.rank(piece) === 0);
      expect(rarity.isAnyUntouched).toBe(naive.fullPeerCount === 0 && isAnyUntouched);
    }),
  );
});

test("the rarest is among the truly rarest of what somebody holds, or misses", () => {
  const wish = fc.constantFrom("held", "missing");
  fc.assert(
    fc.property(...anyState, fc.array(fc.nat(149)), wish, (size, taken, seed, held, of) => {
      const [rarity, naive] = after(size, taken, seed);
      const somebody = fieldOf(
        size,
        held.filter((piece) => piece < size),
      );
      const candidates = naive.candidates(somebody, of);
      const least = Math.min(...candidates.map((piece) => naive.rank(piece)));
      const rarest = candidates.filter((piece) => naive.rank(piece) === least);
      for (let times = 0; times < 5; times++) {
        const chosen = [rarity.rarest(somebody, of)].filter((piece) => piece !== null);
        expect(chosen).toHaveLength(Math.min(1, rarest.length));
        expect(rarest).toEqual(expect.arrayContaining(chosen));
      }
      for (const from of [0, size >> 1, size - 1]) {
        const inOrder = rarest.toSorted((a, b) => a - b);
        const first = inOrder.find((piece) => piece >= from) ?? inOrder[0] ?? null;
        expect(rarity.rarest(somebody, of, from)).toBe(first);
      }
    }),
  );
});

test("any is an open one that somebody holds", () => {
  fc.assert(
    fc.property(...anyState, fc.array(fc.nat(149)), (size, taken, seed, held) => {
      const [rarity, naive] = after(size, taken, seed);
      const somebody = fieldOf(
        size,
        held.filter((piece) => piece < size),
      );
      const candidates = naive.candidates(somebody, "held");
      const chosen = [rarity.any(somebody)].filter((piece) => piece !== null);
      expect(chosen).toHaveLength(Math.min(1, candidates.length));
      expect(candidates).toEqual(expect.arrayContaining(chosen));
    }),
  );
});

/** How often each of so many equally rare pieces was chosen. */
function choices(size: number, times: number): number[] {
  const counts = upTo(size).map(() => 0);
  const somebody = Bitfield.full(size);
  for (let seed = 0; seed < times; seed++) {
    const rarity = new Rarity(size, seeded(seed));
    for (let piece = 0; piece < size; piece++) rarity.setOpen(piece, true);
    const piece = rarity.rarest(somebody, "held") ?? 0;
    counts[piece] = (counts[piece] ?? 0) + 1;
  }
  return counts;
}

describe("ties", () => {
  test("among few are broken with the same chance for each", () => {
    const counts = choices(10, 5_000);
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(120);
  });

  test("among many are spread over all of them", () => {
    const counts = choices(200, 8_000);
    expect(Math.max(...counts)).toBeLessThan(100);
    expect(counts.filter((count) => count === 0)).toEqual([]);
  });
});

describe("full copies", () => {
  test("count as the least that every piece is out, and the share of pieces that is out once more", () => {
    const rarity = new Rarity(4, seeded(1));
    expect(rarity.copiesOut).toBe(0);
    for (const piece of [0, 1, 2]) rarity.addCopy(piece);
    expect(rarity.copiesOut).toBe(0.75);
    rarity.addCopy(3);
    expect(rarity.copiesOut).toBe(1);
    rarity.addFullPeer();
    expect(rarity.copiesOut).toBe(2);
  });

  test("of a share without content are its full peers", () => {
    const rarity = new Rarity(0, seeded(1));
    rarity.addFullPeer();
    expect(rarity.copiesOut).toBe(1);
    expect(rarity.rarest(new Bitfield(0), "held")).toBeNull();
  });
});

test("past 64 copies pieces are equally common", () => {
  const rarity = new Rarity(2, seeded(1));
  for (const piece of [0, 1]) rarity.setOpen(piece, true);
  for (let copy = 0; copy < 100; copy++) rarity.addCopy(0);
  for (let copy = 0; copy < 70; copy++) rarity.addCopy(1);
  const all = Bitfield.full(2);
  const chosen = new Set(upTo(50).map(() => rarity.rarest(all, "held")));
  expect(chosen).toEqual(new Set([0, 1]));
});
