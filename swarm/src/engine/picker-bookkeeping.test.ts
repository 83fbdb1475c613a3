/** Whatever happens in whatever order, the picker loses no block and asks for none too often. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { seeded } from "../../simulator/random.ts";
import { LIMITS } from "../limits.ts";
import { Layout } from "../share/layout.ts";
import type { Block } from "../wire/frame.ts";
import { Bitfield } from "./bitfield.ts";
import { Picker, type Wish } from "./picker.ts";

const PIECES = 4;
const BLOCKS = 2;
const PIECE_BYTES = BLOCKS * LIMITS.blockBytes;
const CONNECTIONS = [1, 2, 3];
/** Has everything, and comes at the end. */
const LAST = 4;

type Step =
  | {
      readonly type: "pick";
      readonly by: number;
      readonly has: readonly boolean[];
      readonly suggested: readonly number[];
      readonly flags: Pick<Wish, "isGuided" | "isFast" | "isOnParole"> & { isSooner: boolean };
    }
  | {
      readonly type: "receive" | "release" | "receive-late";
      readonly by: number;
      readonly at: number;
    }
  | { readonly type: "leave"; readonly by: number }
  | { readonly type: "check"; readonly at: number; readonly matches: boolean }
  | { readonly type: "make-room"; readonly has: readonly boolean[] }
  | { readonly type: "head"; readonly first: number | null }
  | { readonly type: "want"; readonly piece: number; readonly isWanted: boolean }
  | { readonly type: "know"; readonly piece: number }
  | { readonly type: "reset" };

const by = fc.constantFrom(...CONNECTIONS);
const at = fc.nat(100);
const piece = fc.nat(PIECES - 1);
const flag = fc.boolean();
const has = fc.oneof(
  fc.constant(Array<boolean>(PIECES).fill(true)),
  fc.array(flag, { minLength: PIECES, maxLength: PIECES }),
);
const rarely = fc.integer({ min: 0, max: 9 }).map((number) => number === 0);
const flags = fc.record({ isGuided: rarely, isFast: flag, isOnParole: rarely, isSooner: flag });
const suggested = fc.array(piece, { maxLength: 2 });
const type = <Type extends string>(name: Type) => fc.constant(name);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ type: type("pick"), by, has, suggested, flags }) },
  { weight: 20, arbitrary: fc.record({ type: type("receive"), by, at }) },
  { weight: 5, arbitrary: fc.record({ type: type("release"), by, at }) },
  { weight: 3, arbitrary: fc.record({ type: type("receive-late"), by, at }) },
  { weight: 2, arbitrary: fc.record({ type: type("leave"), by }) },
  { weight: 8, arbitrary: fc.record({ type: type("check"), at, matches: flag }) },
  { weight: 2, arbitrary: fc.record({ type: type("make-room"), has }) },
  { weight: 1, arbitrary: fc.record({ type: type("head"), first: fc.option(piece) }) },
  { weight: 2, arbitrary: fc.record({ type: type("want"), piece, isWanted: flag }) },
  { weight: 2, arbitrary: fc.record({ type: type("know"), piece }) },
  { weight: 1, arbitrary: fc.record({ type: type("reset") }) },
);

const fieldOf = (bits: readonly boolean[]): Bitfield => {
  const field = new Bitfield(bits.length);
  for (const [index, isSet] of bits.entries()) if (isSet) field.add(index);
  return field;
};

const keyOf = ({ piece: of, offset }: Block): string => `${of}:${offset}`;

/** What has to be true of a picker, kept beside it in the plainest way. */
class Witness {
  readonly had = new Bitfield(PIECES);
  readonly wanted = Bitfield.full(PIECES);
  readonly known = new Set([0, 1, 2]);
  readonly picker: Picker;
  /** Blocks that each connection was asked for and hasn't sent. */
  readonly asked = new Map<number, Map<string, Block>>();
  /** Blocks that are kept, by piece. */
  readonly kept = new Map<number, Set<string>>();
  /** Pieces that are complete and not yet compared with their hash. */
  readonly checking: number[] = [];
  /** Blocks that were asked for once and then given up. */
  readonly late: { readonly by: number; readonly block: Block }[] = [];

  constructor(seed: number) {
    const isKnown = (of: number): boolean => this.known.has(of);
    const layout = new Layout([PIECES * PIECE_BYTES], PIECE_BYTES);
    const rng = seeded(seed);
    this.picker = new Picker(layout, this.had, this.wanted, isKnown, 3 * PIECE_BYTES, rng);
    this.picker.known(0, PIECES);
  }

  take(step: Step): void {
    switch (step.type) {
      case "pick":
        this.#pick(step);
        break;
      case "receive":
        this.#withAsked(step, (block) => this.receive(step.by, block));
        break;
      case "receive-late": {
        const late = this.late[step.at % Math.max(1, this.late.length)];
        if (late !== undefined) this.receive(late.by, late.block);
        break;
      }
      case "release":
        this.#withAsked(step, (block) => this.#release(step.by, block));
        break;
      case "leave":
        for (const block of this.#askedOf(step.by).values()) this.#release(step.by, block);
        for (const freed of this.picker.freeSolo(step.by)) this.#startAnew(freed);
        break;
      case "check": {
        const checked = this.checking[step.at % Math.max(1, this.checking.length)];
        if (checked !== undefined) this.check(checked, step.matches);
        break;
      }
      case "make-room": {
        const evicted = this.picker.makeRoom(fieldOf(step.has));
        if (evicted === null) break;
        for (const requests of this.asked.values()) {
          for (const block of requests.values()) expect(block.piece).not.toBe(evicted);
        }
        this.#startAnew(evicted);
        break;
      }
      case "head":
        this.picker.setHead(step.first === null ? null : { first: step.first, end: PIECES });
        break;
      case "want":
        if (step.isWanted) this.wanted.add(step.piece);
        else this.wanted.remove(step.piece);
        // As the engine does: what was begun of it ends.
        for (const dropped of this.picker.dropUnwanted()) this.#startAnew(dropped);
        this.picker.renew();
        break;
      case "know":
        this.known.add(step.piece);
        this.picker.known(step.piece, step.piece + 1);
        break;
      case "reset":
        // The engine takes every request back first.
        for (const [connection, requests] of this.asked) {
          for (const block of requests.values()) this.#release(connection, block);
        }
        for (const begun of this.picker.reset()) this.#startAnew(begun);
        for (const checked of this.checking) this.#startAnew(checked);
        this.checking.length = 0;
    }
  }

  /** What may be begun is what is wanted, known, neither had nor begun. */
  look(): void {
    for (let of = 0; of < PIECES; of++) {
      if (!this.picker.rarity.isOpen(of)) continue;
      expect(this.wanted.has(of) && this.known.has(of) && !this.had.has(of)).toBe(true);
      expect(this.kept.get(of)?.size ?? 0).toBe(0);
      for (const requests of this.asked.values()) {
        for (const block of requests.values()) expect(block.piece).not.toBe(of);
      }
    }
  }

  wish(connection: number, wish: Partial<Wish>): Wish {
    return {
      connection,
      has: Bitfield.full(PIECES),
      suggested: [],
      isGuided: false,
      isFast: true,
      isOnParole: false,
      isSoonerThan: () => false,
      ...wish,
    };
  }

  #pick({
    by: connection,
    has: held,
    suggested: these,
    flags: given,
  }: Step & { type: "pick" }): void {
    const { isSooner, ...rest } = given;
    const wish = { ...rest, has: fieldOf(held), suggested: [...these] };
    const isOver = this.wanted.countOf(this.wanted, this.had) === 0;
    const block = this.picker.pick(
      this.wish(connection, { ...wish, isSoonerThan: () => isSooner }),
    );
    if (block === null) return;
    expect(held[block.piece]).toBe(true);
    expect(this.known.has(block.piece)).toBe(true);
    expect(isOver && !this.#isBegun(block.piece)).toBe(false);
    this.ask(connection, block);
  }

  /** A block is asked of two at most, and not if it is there. */
  ask(connection: number, block: Block): void {
    const key = keyOf(block);
    const others = [...this.asked].filter(([, requests]) => requests.has(key));
    expect(others.length).toBeLessThan(2);
    expect(this.#askedOf(connection).has(key)).toBe(false);
    expect(this.kept.get(block.piece)?.has(key) ?? false).toBe(false);
    if (others.length === 1) expect(this.#isAllAsked()).toBe(true);
    this.#askedOf(connection).set(key, block);
  }

  receive(connection: number, block: Block): void {
    const key = keyOf(block);
    const outcome = this.picker.received(connection, block);
    const wasAsked = this.#askedOf(connection).delete(key);
    if (outcome.kind === "unwanted") return expect(wasAsked).toBe(false);
    const others = [...this.asked].filter(([, requests]) => requests.delete(key));
    expect(new Set(outcome.others)).toEqual(new Set(others.map(([other]) => other)));
    const kept = this.kept.get(block.piece) ?? new Set();
    expect(kept.has(key)).toBe(false);
    this.kept.set(block.piece, kept.add(key));
    expect(outcome.isComplete).toBe(kept.size === BLOCKS);
    if (outcome.isComplete) this.checking.push(block.piece);
  }

  check(checked: number, matches: boolean): void {
    this.checking.splice(this.checking.indexOf(checked), 1);
    this.#startAnew(checked);
    if (!matches) return this.picker.mismatched(checked);
    this.had.add(checked);
    expect(this.picker.finished(checked, true)).toBe(false);
  }

  #release(connection: number, block: Block): void {
    if (!this.#askedOf(connection).delete(keyOf(block))) return;
    this.late.push({ by: connection, block });
    if (!this.picker.release(connection, block)) return;
    this.#startAnew(block.piece);
  }

  /** Nothing of it is kept, and its requests are on their way for nothing. */
  #startAnew(of: number): void {
    this.kept.delete(of);
    for (const [connection, requests] of this.asked) {
      for (const [key, block] of requests) {
        if (block.piece !== of) continue;
        requests.delete(key);
        this.late.push({ by: connection, block });
      }
    }
  }

  /** Nothing that is wanted or begun is unrequested. */
  #isAllAsked(): boolean {
    return Array.from({ length: PIECES }, (_, of) => of).every((of) => {
      if (this.had.has(of) || this.checking.includes(of)) return true;
      if (!this.wanted.has(of) && !this.#isBegun(of)) return true;
      const blocks = new Set(this.kept.get(of));
      for (const requests of this.asked.values()) {
        for (const [key, block] of requests) if (block.piece === of) blocks.add(key);
      }
      return blocks.size === BLOCKS;
    });
  }

  #isBegun(of: number): boolean {
    const isAsked = [...this.asked.values()].some((requests) =>
      [...requests.values()].some((block) => block.piece === of),
    );
    return isAsked || (this.kept.get(of)?.size ?? 0) > 0;
  }

  #withAsked(step: { by: number; at: number }, act: (block: Block) => void): void {
    const blocks = [...this.#askedOf(step.by).values()];
    const block = blocks[step.at % Math.max(1, blocks.length)];
    if (block !== undefined) act(block);
  }

  #askedOf(connection: number): Map<string, Block> {
    const requests = this.asked.get(connection) ?? new Map<string, Block>();
    this.asked.set(connection, requests);
    return requests;
  }
}

test("after any steps every wanted piece can still be had, each of its blocks once", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), fc.nat(), (steps, seed) => {
      const witness = new Witness(seed);
      for (const one of steps) {
        witness.take(one);
        witness.look();
      }
      // Everybody leaves, and one comes that has everything.
      for (const connection of CONNECTIONS) witness.take({ type: "leave", by: connection });
      while (witness.checking[0] !== undefined) witness.check(witness.checking[0], true);
      for (let known = 0; known < PIECES; known++) witness.take({ type: "know", piece: known });
      for (let count = 0; count < PIECES * BLOCKS; count++) {
        const block = witness.picker.pick(witness.wish(LAST, {}));
        if (block === null) break;
        witness.ask(LAST, block);
        witness.receive(LAST, block);
        while (witness.checking[0] !== undefined) witness.check(witness.checking[0], true);
      }
      const { picker, wanted, had } = witness;
      expect(wanted.countOf(wanted, had)).toBe(0);
      expect(picker.pick(witness.wish(LAST, { isSoonerThan: () => true }))).toBeNull();
      expect([picker.isEndgame, picker.rarity.openCount]).toEqual([false, 0]);
    }),
    { numRuns: 300 },
  );
});
