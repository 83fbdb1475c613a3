import { describe, expect, test } from "vitest";
import { seeded } from "../../simulator/random.ts";
import { LIMITS } from "../limits.ts";
import { Layout } from "../share/layout.ts";
import type { Block } from "../wire/frame.ts";
import { Bitfield } from "./bitfield.ts";
import { Picker, type Wish } from "./picker.ts";

const BLOCK = LIMITS.blockBytes;
const lowest = (): number => 0.999; // Of equals the first is kept.
const [A, B, C] = [1, 2, 3];

const only = (size: number, ...pieces: number[]): Bitfield => {
  const field = new Bitfield(size);
  for (const piece of pieces) field.add(piece);
  return field;
};

type Options = {
  pieces?: number;
  blocks?: number;
  openPieces?: number;
  /** Pieces that are had. */
  held?: readonly number[];
  /** Pieces that aren't wanted. */
  leftOut?: readonly number[];
  rng?: () => number;
};

/** Pieces of four blocks, unless said otherwise; every hash is known, and everyone has everything. */
class Rig {
  readonly picker: Picker;
  readonly had: Bitfield;
  readonly wanted: Bitfield;
  readonly unknown = new Set<number>();
  readonly #all: Bitfield;

  constructor(options: Options = {}) {
    const { pieces = 8, blocks = 4, openPieces = 100, rng = lowest } = options;
    const pieceBytes = blocks * BLOCK;
    this.#all = Bitfield.full(pieces);
    this.had = only(pieces, ...(options.held ?? []));
    this.wanted = Bitfield.full(pieces);
    for (const piece of options.leftOut ?? []) this.wanted.remove(piece);
    this.picker = new Picker(
      new Layout([pieces * pieceBytes], pieceBytes),
      this.had,
      this.wanted,
      (piece) => !this.unknown.has(piece),
      openPieces * pieceBytes,
      rng,
    );
    this.picker.known(0, pieces);
  }

  wish(connection: number, wish: Partial<Wish> = {}): Wish {
    return {
      connection,
      has: this.#all,
      suggested: [],
      isGuided: false,
      isFast: false,
      isOnParole: false,
      isSoonerThan: () => false,
      ...wish,
    };
  }

  pick(connection: number, wish?: Partial<Wish>): Block | null {
    return this.picker.pick(this.wish(connection, wish));
  }

  /** Where there has to be something to pick. */
  picked(connection: number, wish?: Partial<Wish>): Block {
    const block = this.pick(connection, wish);
    if (block === null) throw new Error("there is nothing to pick");
    return block;
  }

  /** The pieces of the next blocks. */
  pieces(count: number, connection: number, wish?: Partial<Wish>): (number | undefined)[] {
    return Array.from({ length: count }, () => this.pick(connection, wish)?.piece);
  }

  /** Everything of the next piece, asked of and received from one connection. */
  fetch(connection: number, wish?: Partial<Wish>): number {
    for (;;) {
      const block = this.picked(connection, wish);
      const outcome = this.picker.received(connection, block);
      if (outcome.kind === "stored" && outcome.isComplete) return block.piece;
    }
  }

  /** The piece matched. */
  finish(piece: number): void {
    this.had.add(piece);
    this.picker.finished(piece, true);
  }

  addCopies(...counts: number[]): void {
    for (const [piece, count] of counts.entries()) {
      for (let copy = 0; copy < count; copy++) this.picker.rarity.addCopy(piece);
    }
  }
}

const sooner = { isSoonerThan: () => true };
const stored = { kind: "stored", isComplete: false, others: [] };
const complete = { kind: "stored", isComplete: true, others: [] };
const unwanted = { kind: "unwanted" };

describe("what is picked", () => {
  test("is each block once, until nothing is left", () => {
    const rig = new Rig({ pieces: 3 });
    const picked = Array.from({ length: 12 }, () => rig.pick(A));
    const names = picked.map((block) => `${block?.piece}:${block?.offset}:${block?.length}`);
    expect(new Set(names).size).toBe(12);
    expect(rig.pick(B)).toBeNull();
  });

  test("is cut where the piece ends", () => {
    const layout = new Layout([BLOCK + 5, 7], 4 * BLOCK);
    const all = Bitfield.full(2);
    const picker = new Picker(layout, new Bitfield(2), all, () => true, 1e9, lowest);
    picker.known(0, 2);
    const wish = new Rig({ pieces: 2 }).wish(A);
    expect([1, 2, 3].map(() => picker.pick(wish))).toEqual([
      { piece: 0, offset: 0, length: BLOCK },
      { piece: 0, offset: BLOCK, length: 5 },
      { piece: 1, offset: 0, length: 7 },
    ]);
  });

  test("is nothing that the peer doesn't have, or that is had here", () => {
    const rig = new Rig({ pieces: 4, blocks: 1, held: [1] });
    expect(rig.pieces(2, A, { has: only(4, 1, 2) })).toEqual([2, undefined]);
    expect(rig.pick(A, { has: new Bitfield(4) })).toBeNull();
  });

  test("is nothing whose hash isn't known, until it is", () => {
    const rig = new Rig({ pieces: 4, blocks: 1 });
    for (const piece of [0, 1, 2]) rig.unknown.add(piece);
    rig.picker.renew();
    expect(rig.pieces(2, A)).toEqual([3, undefined]);
    rig.unknown.delete(1);
    rig.picker.known(0, 4);
    expect(rig.pieces(2, A)).toEqual([1, undefined]);
  });

  test("is nothing that is left out, neither by suggestion nor at the play head nor at the end", () => {
    const rig = new Rig({ pieces: 4, blocks: 1, leftOut: [0, 2] });
    rig.picker.setHead({ first: 0, end: 4 });
    expect(rig.pieces(2, A, { suggested: [0, 2] })).toEqual([1, 3]);
    expect([B, C].map((peer) => rig.pick(peer, sooner)?.piece)).not.toContain(0);
    expect([B, C].map((peer) => rig.pick(peer, sooner)?.piece)).not.toContain(2);
  });

  test("is what was left out once it is wanted, and no longer what isn't any more", () => {
    const rig = new Rig({ pieces: 4, blocks: 1, leftOut: [0, 1, 2] });
    rig.wanted.add(0);
    rig.wanted.remove(3);
    rig.picker.renew();
    expect(rig.pieces(2, A)).toEqual([0, undefined]);
  });

  test("is the rest of a piece that was begun, though it is wanted no longer", () => {
    const rig = new Rig({ pieces: 2, blocks: 2 });
    const { piece } = rig.picked(A);
    rig.wanted.remove(piece);
    rig.picker.renew();
    expect(rig.picked(A)).toEqual({ piece, offset: BLOCK, length: BLOCK });
  });

  test("is any piece with the same chance while few are held, rare or not", () => {
    const rng = seeded(1);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 4_000; round++) {
      const rig = new Rig({ pieces: 4, blocks: 1, rng });
      rig.addCopies(5);
      const { piece } = rig.picked(A);
      counts[piece] = (counts[piece] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test("is the rarest once four are held", () => {
    const rig = new Rig({ blocks: 1, held: [4, 5, 6, 7] });
    rig.addCopies(9, 3, 2, 3);
    expect(rig.pieces(4, A)).toEqual([2, 1, 3, 0]);
  });

  test("is the rarest once four are held or begun", () => {
    const rig = new Rig({ blocks: 1, held: [4, 5, 6] });
    rig.addCopies(9, 3, 2, 3, 0, 0, 0, 3);
    rig.picked(A, { has: only(8, 0) });
    expect(rig.pick(A)?.piece).toBe(2);
  });
});

describe("a piece that was begun", () => {
  test("goes before any other, also for another peer that isn't fast", () => {
    const rig = new Rig();
    const { piece } = rig.picked(A);
    expect([B, C, A].map((peer) => rig.pick(peer)?.piece)).toEqual([piece, piece, piece]);
    expect(rig.pick(B)?.piece).not.toBe(piece);
  });

  test("is left to its peer by a fast one, which begins another", () => {
    const rig = new Rig({ pieces: 2 });
    const { piece } = rig.picked(A, { isFast: true });
    expect(rig.pieces(4, B, { isFast: true })).toEqual(Array(4).fill(1 - piece));
    expect(rig.pick(A, { isFast: true })?.piece).toBe(piece);
  });

  test("is shared also by a fast peer that finds nothing else", () => {
    const rig = new Rig({ pieces: 1 });
    rig.picked(A, { isFast: true });
    expect(rig.pick(B, { isFast: true })).toEqual({ piece: 0, offset: BLOCK, length: BLOCK });
  });

  test("is taken up by a fast peer before a new one, once nobody is asked for it", () => {
    const rig = new Rig();
    const first = rig.picked(A, { isFast: true });
    rig.picker.release(A, first);
    expect(rig.pick(B, { isFast: true })).toEqual(first);
  });
});

describe("suggestions", () => {
  test("go before the rarest, the oldest first", () => {
    const rig = new Rig({ blocks: 1, held: [4, 5, 6, 7] });
    rig.addCopies(0, 1, 2, 3);
    const suggested = [3, 1];
    expect(rig.pieces(4, A, { suggested })).toEqual([3, 1, 0, 2]);
    expect(suggested).toEqual([]);
  });

  test("go before another peer's pieces, but behind the peer's own", () => {
    const rig = new Rig({ blocks: 2 });
    const theirs = rig.picked(A).piece;
    const suggested = [5, 6];
    expect(rig.pieces(3, B, { suggested })).toEqual([5, 5, 6]);
    expect(rig.pick(B, { suggested })?.piece).toBe(theirs);
  });

  test("of what is had, begun, left out or not there are passed over", () => {
    const rig = new Rig({ blocks: 1, held: [1], leftOut: [2] });
    rig.picked(B, { has: only(8, 3) });
    const has = only(8, 1, 2, 3, 5);
    const suggested = [1, 2, 3, 4, 5];
    expect(rig.pick(A, { suggested, has })?.piece).toBe(5);
    expect(suggested).toEqual([]);
  });

  test("of what has no known hash yet wait for it", () => {
    const rig = new Rig({ blocks: 1 });
    rig.unknown.add(5);
    rig.picker.renew();
    const suggested = [5, 6];
    expect(rig.pick(A, { suggested })?.piece).toBe(6);
    expect(suggested).toEqual([5]);
    rig.unknown.delete(5);
    rig.picker.known(0, 8);
    expect(rig.pick(A, { suggested })?.piece).toBe(5);
  });
});

describe("a guided peer", () => {
  test("begins nothing by its own choice", () => {
    const rig = new Rig();
    expect(rig.pick(A, { isGuided: true })).toBeNull();
    expect(rig.pick(A)).not.toBeNull();
  });

  test("goes on with its own piece, and takes what it is suggested", () => {
    const rig = new Rig({ blocks: 2 });
    const wish = { isGuided: true, suggested: [3] };
    expect(rig.pieces(3, A, wish)).toEqual([3, 3, undefined]);
  });
});

describe("the play head", () => {
  test("takes pieces in order, before begun ones, suggested ones and rare ones", () => {
    const rig = new Rig({ blocks: 2, held: [1, 5, 6, 7] });
    rig.addCopies(0, 0, 9, 9, 9);
    expect(rig.pick(B)?.piece).toBe(0);
    rig.picker.setHead({ first: 2, end: 5 });
    expect(rig.pieces(6, A, { suggested: [0] })).toEqual([2, 2, 3, 3, 4, 4]);
    expect(rig.pick(A)?.piece).toBe(0);
  });

  test("takes the rest of a piece that another peer was asked for", () => {
    const rig = new Rig({ blocks: 2 });
    rig.picker.setHead({ first: 2, end: 8 });
    expect([A, B, C].map((peer) => rig.pick(peer, { isFast: true })?.piece)).toEqual([2, 2, 3]);
  });

  test("passes over what is had, and what the peer doesn't have", () => {
    const rig = new Rig({ blocks: 1, held: [3] });
    rig.picker.setHead({ first: 2, end: 8 });
    expect(rig.pick(A, { has: only(8, 0, 3, 5, 6) })?.piece).toBe(5);
    expect(rig.pick(B)?.piece).toBe(2);
  });

  test("hurries no more than the next eight missing pieces", () => {
    const rig = new Rig({ pieces: 16, blocks: 1, held: [1] });
    rig.addCopies(...Array<number>(15).fill(9), 0);
    for (const piece of [12, 13, 14]) rig.had.add(piece);
    rig.picker.renew();
    rig.picker.setHead({ first: 0, end: 16 });
    const hurried = rig.pieces(8, A);
    expect(hurried).toEqual([0, 2, 3, 4, 5, 6, 7, 8]);
    expect(rig.pick(A)?.piece).toBe(15); // The rarest again.
  });

  test("moves on as its pieces come", () => {
    const rig = new Rig({ pieces: 16, blocks: 1 });
    rig.picker.setHead({ first: 4, end: 16 });
    rig.addCopies(...Array<number>(15).fill(9), 0);
    for (let count = 0; count < 4; count++) rig.finish(rig.fetch(A));
    expect(rig.pieces(8, A)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  });

  test("hurries nothing once it is gone", () => {
    const rig = new Rig({ blocks: 1 });
    rig.picker.setHead({ first: 6, end: 8 });
    rig.picker.setHead(null);
    expect(rig.pick(A)?.piece).toBe(0);
  });

  test("opens no more pieces than may be open", () => {
    const rig = new Rig({ blocks: 1, openPieces: 2 });
    rig.picker.setHead({ first: 3, end: 8 });
    expect(rig.pieces(3, A)).toEqual([3, 4, undefined]);
  });
});

describe("pieces that may be open", () => {
  test("are no more than memory allows, those being checked included", () => {
    const rig = new Rig({ blocks: 1, openPieces: 3 });
    const first = rig.fetch(A);
    expect(rig.pieces(3, A).map((piece) => piece === undefined)).toEqual([false, false, true]);
    rig.finish(first);
    expect(rig.pieces(2, A).map((piece) => piece === undefined)).toEqual([false, true]);
  });

  test("are two, however little memory there is", () => {
    const rig = new Rig({ blocks: 1, openPieces: 0 });
    expect(rig.pieces(3, A).map((piece) => piece === undefined)).toEqual([false, false, true]);
  });

  test("make room for what a peer has, where nobody is asked for one of them", () => {
    const rig = new Rig({ openPieces: 2 });
    const [first, second] = [
      rig.picked(A, { has: only(8, 0) }),
      rig.picked(B, { has: only(8, 1) }),
    ];
    const has = only(8, 5);
    expect(rig.pick(C, { has })).toBeNull();
    expect(rig.picker.makeRoom(has)).toBeNull(); // Both are being fetched.
    rig.picker.received(A, first);
    rig.picker.release(B, second);
    expect(rig.picker.makeRoom(has)).toBe(1); // The one that lost the least.
    expect(rig.pick(C, { has })?.piece).toBe(5);
  });

  test("make no room for a peer that has nothing to offer, or while there is some", () => {
    const rig = new Rig({ openPieces: 2 });
    const first = rig.picked(A, { has: only(8, 0) });
    rig.picker.release(A, first);
    expect(rig.picker.makeRoom(only(8, 5))).toBeNull();
    rig.picker.release(A, rig.picked(A, { has: only(8, 1) }));
    expect(rig.picker.makeRoom(only(8, 0, 1))).toBeNull();
    expect(rig.picker.makeRoom(only(8, 5))).not.toBeNull();
  });
});

describe("the endgame", () => {
  /** A is asked for the only piece's two blocks. */
  function ending(): Rig {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    rig.pieces(2, A);
    return rig;
  }

  test("asks for a block once more, of a peer that would send it sooner", () => {
    const rig = ending();
    expect(rig.pick(B)).toBeNull();
    expect(rig.pick(B, sooner)).not.toBeNull();
  });

  test("asks for each block twice at most", () => {
    const rig = ending();
    const again = [rig.picked(B, sooner), rig.picked(B, sooner)];
    expect(new Set(again.map((block) => block.offset)).size).toBe(2);
    expect(rig.pick(C, sooner)).toBeNull();
    expect(rig.pick(A, sooner)).toBeNull();
  });

  test("asks nobody for what it was asked for already", () => {
    expect(ending().pick(A, sooner)).toBeNull();
  });

  test("doesn't begin while a piece is untouched, though this peer doesn't have it", () => {
    const rig = new Rig({ pieces: 2, blocks: 1 });
    const has = only(2, 0);
    rig.picked(A, { has });
    expect(rig.pick(B, { ...sooner, has })).toBeNull();
    rig.picked(A);
    expect(rig.pick(B, { ...sooner, has })?.piece).toBe(0);
  });

  test("doesn't begin while a piece has no known hash", () => {
    const rig = new Rig({ pieces: 2, blocks: 1 });
    rig.unknown.add(1);
    rig.picker.renew();
    rig.picked(A);
    expect(rig.pick(B, sooner)).toBeNull();
  });

  test("begins when all that is wanted was asked for", () => {
    const rig = new Rig({ pieces: 2, blocks: 1, leftOut: [1] });
    rig.picked(A);
    expect(rig.picker.isEndgame).toBe(true);
    expect(rig.pick(B, sooner)?.piece).toBe(0);
  });

  test("pauses while a block is open again", () => {
    const rig = ending();
    rig.picker.release(A, { piece: 0, offset: 0, length: BLOCK });
    expect(rig.picker.isEndgame).toBe(false);
    expect(rig.pick(B, sooner)?.offset).toBe(0);
    expect(rig.picker.isEndgame).toBe(true);
  });

  test("names the other one that was asked, when a block came", () => {
    const rig = ending();
    const again = rig.picked(B, sooner);
    expect(rig.picker.received(B, again)).toEqual({ ...stored, others: [A] });
    expect(rig.picker.received(A, again)).toEqual(unwanted);
  });

  test("keeps waiting for the second peer when the first one won't send, and the other way round", () => {
    for (const [gone, stays] of [
      [A, B],
      [B, A],
    ] as const) {
      const rig = ending();
      const again = rig.picked(B, sooner);
      expect(rig.picker.release(gone, again)).toBe(false);
      expect(rig.pick(C)).toBeNull();
      expect(rig.picker.received(stays, again)).toEqual(stored);
    }
  });
});

describe("a block", () => {
  const block = (piece: number, index: number): Block => ({
    piece,
    offset: index * BLOCK,
    length: BLOCK,
  });

  test("that won't come is asked of another", () => {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    const [first] = [rig.picked(A), rig.picked(A)];
    expect(rig.pick(B)).toBeNull();
    expect(rig.picker.release(A, first)).toBe(false);
    expect(rig.pick(B)).toEqual(first);
  });

  test("is released once, by whom it was asked of, and not when it came", () => {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    const first = rig.picked(A);
    rig.picker.release(B, first);
    for (let times = 0; times < 2; times++) rig.picker.release(A, first);
    expect(rig.pieces(3, A)).toEqual([0, 0, undefined]);
    rig.picker.received(A, first);
    rig.picker.release(A, first);
    expect(rig.pick(A)).toBeNull();
  });

  test("is stored once; the last one completes its piece", () => {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    const [first, second] = [rig.picked(A), rig.picked(A)];
    expect(rig.picker.received(A, first)).toEqual(stored);
    expect(rig.picker.received(B, first)).toEqual(unwanted);
    expect(rig.picker.received(A, second)).toEqual(complete);
    expect(rig.picker.received(B, second)).toEqual(unwanted);
  });

  test("that comes late, when it is open again, is as good as any", () => {
    const rig = new Rig({ pieces: 1, blocks: 1 });
    const late = rig.picked(A);
    rig.picker.release(A, late);
    expect(rig.picker.received(A, late)).toEqual(complete);
    expect(rig.pick(B)).toBeNull();
  });

  test("of a piece that nobody asked for is unwanted, as is one that doesn't exist", () => {
    const rig = new Rig({ pieces: 2, blocks: 2 });
    const asked = rig.picked(A);
    expect(rig.picker.received(A, block(1 - asked.piece, 0))).toEqual(unwanted);
    expect(rig.picker.received(A, block(asked.piece, 7))).toEqual(unwanted);
    expect(rig.picker.received(A, { ...asked, offset: 1 })).toEqual(unwanted);
    expect(rig.picker.received(A, block(4_000_000_000, 0))).toEqual(unwanted);
  });
});

describe("a piece whose hash doesn't match", () => {
  /** Fetched by A and B, mismatched, and begun anew by C. */
  function suspect(): { rig: Rig; first: Block } {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    const [one, two] = [rig.picked(A), rig.picked(B)];
    rig.picker.received(A, one);
    expect(rig.picker.received(B, two)).toEqual(complete);
    expect(rig.picker.sendersOf(0)).toEqual([A, B]);
    rig.picker.mismatched(0);
    return { rig, first: rig.picked(C) };
  }

  test("starts again", () => {
    const rig = new Rig({ pieces: 1 });
    rig.picker.mismatched(rig.fetch(A));
    expect(rig.fetch(B)).toBe(0);
  });

  test("is asked of one peer alone, and only its blocks are wanted", () => {
    const { rig, first } = suspect();
    expect(rig.picker.isSuspect(0)).toBe(true);
    expect(rig.pick(A)).toBeNull();
    expect(rig.picker.received(A, first)).toEqual(unwanted);
    expect(rig.picker.received(C, first)).toEqual(stored);
    expect(rig.picker.received(C, rig.picked(C))).toEqual(complete);
    expect(rig.picker.sendersOf(0)).toEqual([C, C]);
  });

  test("goes to another when the one that is asked alone leaves", () => {
    const { rig, first } = suspect();
    rig.picker.received(C, first);
    expect(rig.picker.freeSolo(C)).toEqual([0]);
    expect(rig.pick(A)).toEqual(first);
  });

  test("goes to another when the one that is asked alone doesn't send the rest", () => {
    // It once stayed bound to a peer that sent one block and rejected the others, for as long as
    // that peer cared to stay.
    const { rig, first } = suspect();
    rig.picker.received(C, first);
    expect(rig.picker.release(C, rig.picked(C))).toBe(true);
    expect(rig.pick(A)).toEqual(first);
    expect(rig.pick(A)?.offset).toBe(BLOCK);
  });

  test("isn't asked of a second one in an endgame", () => {
    const { rig } = suspect();
    rig.picked(C);
    expect(rig.picker.isEndgame).toBe(true);
    expect(rig.pick(A, sooner)).toBeNull();
  });

  test("is nobody's suspect any more once it matched", () => {
    const { rig, first } = suspect();
    rig.picker.received(C, first);
    rig.picker.received(C, rig.picked(C));
    rig.picker.finished(0, true);
    expect(rig.picker.isSuspect(0)).toBe(false);
    rig.picked(A);
    expect(rig.pick(B)).not.toBeNull();
  });
});

describe("a peer on parole", () => {
  const parole = { isOnParole: true };

  test("is asked for whole pieces, which nobody else is asked for", () => {
    const rig = new Rig({ pieces: 2, blocks: 2 });
    const { piece } = rig.picked(A, parole);
    expect(rig.pieces(3, B)).toEqual([1 - piece, 1 - piece, undefined]);
    expect(rig.pick(A, parole)?.piece).toBe(piece);
  });

  test("isn't asked for a part of what others began", () => {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    rig.picked(A);
    expect(rig.pick(B, parole)).toBeNull();
    rig.picker.setHead({ first: 0, end: 1 });
    expect(rig.pick(B, parole)).toBeNull();
  });

  test("takes no part in an endgame", () => {
    const rig = new Rig({ pieces: 1, blocks: 2 });
    rig.pieces(2, A);
    expect(rig.pick(B, { ...parole, ...sooner })).toBeNull();
  });
});

test("pieces that several fetch stay when one of them leaves", () => {
  const rig = new Rig({ pieces: 1, blocks: 2 });
  rig.picker.received(A, rig.picked(A));
  expect(rig.picker.freeSolo(A)).toEqual([]);
  expect(rig.pick(B)?.offset).toBe(BLOCK);
});

test("a piece that came twice over is finished though it is open", () => {
  const rig = new Rig({ pieces: 1, blocks: 2 });
  rig.fetch(A);
  rig.picker.reset();
  rig.picked(B);
  rig.had.add(0);
  expect(rig.picker.finished(0, true)).toBe(true); // The first one's check ended after all.
  expect(rig.pick(C)).toBeNull();
});

test("storage that was lost starts every piece anew, and names those whose blocks are to be dropped", () => {
  const rig = new Rig({ pieces: 3, blocks: 1 });
  const checked = rig.fetch(A);
  const begun = rig.picked(A).piece;
  expect(rig.picker.reset()).toEqual([begun]);
  expect(new Set(rig.pieces(3, B))).toEqual(new Set([0, 1, 2]));
  expect(checked).not.toBe(begun);
});

test("who has everything offers all of it, whatever is chosen", () => {
  // Choosing files at a sharer closed every piece, so that it suggested nothing any more.
  const rig = new Rig({ pieces: 2, held: [0, 1] });
  for (const piece of [0, 1]) rig.picker.rarity.setOpen(piece, true);
  rig.wanted.remove(0);
  rig.picker.renew();
  expect(rig.picker.rarity.openCount).toBe(2);
});
