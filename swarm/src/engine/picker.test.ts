import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { Layout } from "../share/layout.ts";
import type { Block } from "../wire/frame.ts";
import { Bitfield } from "./bitfield.ts";
import { Picker } from "./picker.ts";

const BLOCK = LIMITS.blockBytes;
const known = (): boolean => true;
const lowest = (): number => 0.999; // Of equals the first is kept.
const [A, B, C] = [1, 2, 3];

type Options = { pieces?: number; blocks?: number; openPieces?: number; rng?: () => number };

/** Pieces of four blocks, unless said otherwise; everyone has everything. */
function make({ pieces = 8, blocks = 4, openPieces = 100, rng = lowest }: Options = {}) {
  const pieceBytes = blocks * BLOCK;
  const layout = new Layout([pieces * pieceBytes], pieceBytes);
  const had = new Bitfield(pieces);
  const picker = new Picker(layout, had, openPieces * pieceBytes, rng);
  const all = Bitfield.full(pieces);
  const pick = (connection: number, has = all) => picker.pick(connection, has, known);
  /** All blocks of the next piece, asked of and received from one connection. */
  const fetch = (connection: number, has = all): number => {
    for (;;) {
      const block = pick(connection, has);
      if (block === null) throw new Error("nothing to pick");
      if (picker.received(connection, block) === "complete") return block.piece;
    }
  };
  return { picker, had, all, pick, fetch };
}

const only = (size: number, ...pieces: number[]): Bitfield => {
  const field = new Bitfield(size);
  for (const piece of pieces) field.add(piece);
  return field;
};

describe("what is picked", () => {
  test("is each block once, until nothing is left", () => {
    const { pick } = make({ pieces: 3 });
    const picked = Array.from({ length: 12 }, () => pick(A));
    const names = picked.map((block) => `${block?.piece}:${block?.offset}:${block?.length}`);
    expect(new Set(names).size).toBe(12);
    expect(pick(B)).toBeNull();
  });

  test("is cut where the piece ends", () => {
    const layout = new Layout([BLOCK + 5, 7], 4 * BLOCK);
    const picker = new Picker(layout, new Bitfield(2), 1e9, lowest);
    const blocks = [1, 2, 3].map(() => picker.pick(A, Bitfield.full(2), known));
    expect(blocks).toEqual([
      { piece: 0, offset: 0, length: BLOCK },
      { piece: 0, offset: BLOCK, length: 5 },
      { piece: 1, offset: 0, length: 7 },
    ]);
  });

  test("is a piece that was begun before any other, also by another peer", () => {
    const { pick } = make();
    const piece = pick(A)?.piece;
    expect([pick(B)?.piece, pick(C)?.piece, pick(A)?.piece]).toEqual([piece, piece, piece]);
    expect(pick(B)?.piece).not.toBe(piece);
  });

  test("is nothing that the peer doesn't have, or that is had here", () => {
    const { pick, had } = make({ pieces: 4, blocks: 1 });
    had.add(1);
    expect(pick(A, only(4, 1, 2))?.piece).toBe(2);
    expect(pick(A, only(4, 1, 2))).toBeNull();
    expect(pick(A, new Bitfield(4))).toBeNull();
  });

  test("is nothing whose hash isn't known", () => {
    const { picker, all } = make({ pieces: 4, blocks: 1 });
    expect(picker.pick(A, all, (piece) => piece === 3)?.piece).toBe(3);
    expect(picker.pick(A, all, (piece) => piece === 3)).toBeNull();
  });

  test("is the rarest once something is held", () => {
    const { picker, pick, had } = make({ pieces: 4, blocks: 1 });
    had.add(0);
    for (const [piece, copies] of [9, 3, 2, 3].entries()) {
      for (let copy = 0; copy < copies; copy++) picker.addCopy(piece);
    }
    expect(pick(A)?.piece).toBe(2);
    expect(pick(A)?.piece).toBe(1);
    expect(pick(A)?.piece).toBe(3);
  });

  test("follows copies that go", () => {
    const { picker, pick, had } = make({ pieces: 3, blocks: 1 });
    had.add(0);
    for (const piece of [1, 1, 2]) picker.addCopy(piece);
    picker.removeCopy(1);
    picker.removeCopy(1);
    picker.removeCopy(1); // Never fewer than none.
    expect(pick(A)?.piece).toBe(1);
  });

  test("is any piece with the same chance while nothing is held, rare or not", () => {
    let state = 1;
    const rng = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 4_000; round++) {
      const { picker, pick } = make({ pieces: 4, blocks: 1, rng });
      for (let copy = 0; copy < 5; copy++) picker.addCopy(0);
      const piece = pick(A)?.piece ?? 0;
      counts[piece] = (counts[piece] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test("keeps within the pieces that may be open, those being checked included", () => {
    const { picker, pick, fetch } = make({ pieces: 8, blocks: 1, openPieces: 3 });
    const first = fetch(A);
    expect([pick(A), pick(A)].every((block) => block !== null)).toBe(true);
    expect(pick(A)).toBeNull();
    picker.finished(first);
    // The engine has put it into `had` by then; without that it would be picked anew.
    expect(pick(A)).not.toBeNull();
    expect(pick(A)).toBeNull();
  });

  test("has room for two open pieces, however little memory there is", () => {
    const { pick } = make({ pieces: 8, blocks: 1, openPieces: 0 });
    expect([pick(A), pick(A), pick(A)].map((block) => block !== null)).toEqual([true, true, false]);
  });
});

describe("a block", () => {
  const block = (piece: number, index: number): Block => ({
    piece,
    offset: index * BLOCK,
    length: BLOCK,
  });

  test("that won't come is asked again", () => {
    const { picker, pick } = make({ pieces: 1, blocks: 2 });
    const [first, second] = [pick(A), pick(A)];
    expect(pick(B)).toBeNull();
    if (first !== null) picker.release(first);
    expect(pick(B)).toEqual(first);
    expect(second).not.toEqual(first);
  });

  test("is released once, and not when it came", () => {
    const { picker, pick } = make({ pieces: 1, blocks: 2 });
    const first = pick(A) ?? block(0, 0);
    picker.release(first);
    picker.release(first);
    expect([pick(A), pick(A), pick(A)].filter((one) => one !== null)).toHaveLength(2);
    picker.received(A, first);
    picker.release(first);
    expect(pick(A)).toBeNull();
  });

  test("is stored once; the last one completes its piece", () => {
    const { picker, pick } = make({ pieces: 1, blocks: 2 });
    const [first, second] = [pick(A), pick(A)];
    expect(first && picker.received(A, first)).toBe("stored");
    expect(first && picker.received(B, first)).toBe("unwanted");
    expect(second && picker.received(A, second)).toBe("complete");
    expect(second && picker.received(B, second)).toBe("unwanted");
  });

  test("that comes late, when it is open again, is as good as any", () => {
    const { picker, pick } = make({ pieces: 1, blocks: 1 });
    const late = pick(A) ?? block(0, 0);
    picker.release(late);
    expect(picker.received(A, late)).toBe("complete");
    expect(pick(B)).toBeNull();
  });

  test("of a piece that nobody asked for is unwanted, as is one that doesn't exist", () => {
    const { picker, pick } = make({ pieces: 2, blocks: 2 });
    const asked = pick(A) ?? block(0, 0);
    expect(picker.received(A, block(1 - asked.piece, 0))).toBe("unwanted");
    expect(picker.received(A, block(asked.piece, 7))).toBe("unwanted");
    expect(picker.received(A, { ...asked, offset: 1 })).toBe("unwanted");
    expect(picker.received(A, block(4_000_000_000, 0))).toBe("unwanted");
  });
});

describe("a piece whose hash doesn't match", () => {
  test("starts again; who sent all of it is to blame", () => {
    const { picker, fetch, pick } = make({ pieces: 1 });
    expect(picker.mismatched(fetch(A))).toBe(A);
    expect(pick(B)).not.toBeNull();
  });

  /** Fetched by two, mismatched, and begun anew by `C`. */
  function suspect(): ReturnType<typeof make> & { readonly first: Block } {
    const made = make({ pieces: 1, blocks: 2 });
    const [one, two] = [made.pick(A), made.pick(B)];
    if (one === null || two === null) throw new Error("there are two");
    made.picker.received(A, one);
    expect(made.picker.received(B, two)).toBe("complete");
    expect(made.picker.mismatched(0)).toBeNull();
    const first = made.pick(C);
    if (first === null) throw new Error("it is open again");
    return { ...made, first };
  }

  test("sent by several blames nobody, and is then asked of one alone", () => {
    const { picker, pick, first } = suspect();
    expect(pick(A)).toBeNull();
    expect(picker.received(A, first)).toBe("unwanted");
    expect(picker.received(C, first)).toBe("stored");
    const second = pick(C);
    if (second !== null) picker.received(C, second);
    expect(picker.mismatched(0)).toBe(C);
  });

  test("goes to another when the one that is asked alone leaves", () => {
    const { picker, pick, first } = suspect();
    picker.received(C, first);
    expect(picker.freeSolo(C)).toEqual([0]);
    expect(pick(A)).toEqual(first);
  });

  test("goes to another when the one that is asked alone doesn't send the rest", () => {
    // It once stayed bound to a peer that sent one block and rejected the others, for as long as
    // that peer cared to stay.
    const { picker, pick, first } = suspect();
    picker.received(C, first);
    const second = pick(C);
    if (second === null) throw new Error("half of it is open");
    picker.release(second);
    expect(pick(A)).toEqual(first);
    expect(pick(A)).toEqual(second);
  });

  test("is nobody's suspect any more once it matched", () => {
    const { picker, pick, first } = suspect();
    picker.received(C, first);
    const second = pick(C);
    if (second !== null) picker.received(C, second);
    picker.finished(0);
    pick(A);
    expect(pick(B)).not.toBeNull();
  });
});

test("pieces that several fetch stay when one of them leaves", () => {
  const { picker, pick } = make({ pieces: 1, blocks: 2 });
  const first = pick(A);
  if (first !== null) picker.received(A, first);
  expect(picker.freeSolo(A)).toEqual([]);
  expect(pick(B)?.offset).toBe(BLOCK);
});
