import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bitfield } from "./bitfield.ts";

const of = (size: number, ...pieces: number[]): Bitfield => {
  const field = new Bitfield(size);
  for (const piece of pieces) field.add(piece);
  return field;
};

test("the first piece is the highest bit of the first byte", () => {
  expect(of(10, 0, 8).toBytes()).toEqual(new Uint8Array([0x80, 0x80]));
  expect(of(10, 7, 9).toBytes()).toEqual(new Uint8Array([0x01, 0x40]));
});

test("any pieces survive the round trip, and are counted", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 70 }), fc.uniqueArray(fc.nat(69)), (size, chosen) => {
      const pieces = chosen.filter((piece) => piece < size);
      const read = Bitfield.parse(of(size, ...pieces).toBytes(), size);
      expect(read?.count).toBe(pieces.length);
      expect(read?.isFull).toBe(pieces.length === size);
      for (let piece = 0; piece < size; piece++)
        expect(read?.has(piece)).toBe(pieces.includes(piece));
    }),
  );
});

test("a piece is added once and removed once", () => {
  const field = new Bitfield(9);
  expect([field.add(8), field.add(8), field.count]).toEqual([true, false, 1]);
  expect([field.remove(8), field.remove(8), field.count]).toEqual([true, false, 0]);
});

test("pieces past the end are neither held nor added", () => {
  const field = Bitfield.full(9);
  for (const piece of [9, 15, 16, 1000, 2 ** 31, 2 ** 32 - 1]) {
    expect(field.has(piece)).toBe(false);
    expect(field.add(piece)).toBe(false);
    expect(field.remove(piece)).toBe(false);
  }
  expect(field.count).toBe(9);
});

describe("bits from a stranger", () => {
  test.each([
    ["a byte too few", 9, [0xff]],
    ["a byte too many", 8, [0xff, 0]],
    ["a bit set past the last piece", 9, [0, 0b0100_0000]],
    ["the very last bit set past the last piece", 9, [0, 1]],
    ["a byte for no pieces", 0, [0]],
  ])("with %s are refused", (_what, size, bits) => {
    expect(Bitfield.parse(new Uint8Array(bits), size)).toBeNull();
  });
});

/** Sizes around bytes and words, and pieces within them. */
const anySize = fc.integer({ min: 0, max: 140 });
const anyPieces = fc.array(fc.nat(139));
const within = (size: number, pieces: readonly number[]): Set<number> =>
  new Set(pieces.filter((piece) => piece < size));

test("a full one holds every piece, whatever its size", () => {
  for (let size = 0; size <= 100; size++) {
    const field = Bitfield.full(size);
    expect([field.count, field.isFull, field.has(size)]).toEqual([size, true, false]);
    expect([...field.pieces()]).toEqual(Array.from({ length: size }, (_, piece) => piece));
    expect(Bitfield.parse(field.toBytes(), size)?.isFull).toBe(true);
  }
});

test("the pieces come in order, whatever was added and removed", () => {
  fc.assert(
    fc.property(anySize, anyPieces, anyPieces, (size, added, removed) => {
      const field = of(size, ...added);
      const left = within(size, added);
      for (const piece of removed) expect(field.remove(piece)).toBe(left.delete(piece));
      expect([...field.pieces()]).toEqual([...left].toSorted((a, b) => a - b));
      expect(field.count).toBe(left.size);
    }),
  );
});

describe("the next piece", () => {
  test("is the first from a place on that another one holds or misses too", () => {
    const wish = fc.constantFrom("held", "missing");
    fc.assert(
      fc.property(anySize, anyPieces, anyPieces, wish, (size, mine, theirs, wanted) => {
        const [field, other] = [of(size, ...mine), of(size, ...theirs)];
        const isOther = (piece: number): boolean => other.has(piece) === (wanted === "held");
        for (let from = 0; from <= size; from++) {
          const matching = [...field.pieces()].filter((one) => one >= from && isOther(one));
          expect(field.next(other, wanted, from)).toBe(matching[0] ?? -1);
        }
      }),
    );
  });

  test.each([0, 7, 8, 31, 32, 33, 63, 64, 95, 96])("is found at %d, from any place", (piece) => {
    const field = of(97, piece);
    for (let from = 0; from < 97; from++) {
      const expected = from <= piece ? piece : -1;
      expect(field.next(field, "held", from)).toBe(expected);
      expect(field.next(new Bitfield(97), "missing", from)).toBe(expected);
      expect(field.next(field, "missing", from)).toBe(-1);
    }
  });
});

test("pieces are counted that are held, wanted and not had", () => {
  fc.assert(
    fc.property(anySize, anyPieces, anyPieces, anyPieces, (size, held, wanted, had) => {
      const [w, h] = [within(size, wanted), within(size, had)];
      const expected = [...within(size, held)].filter((piece) => w.has(piece) && !h.has(piece));
      const count = of(size, ...held).countOf(of(size, ...wanted), of(size, ...had));
      expect(count).toBe(expected.length);
    }),
  );
});

test("a field that another is assigned to holds the same, on its own", () => {
  fc.assert(
    fc.property(anySize, anyPieces, anyPieces, (size, before, after) => {
      const [field, other] = [of(size, ...before), of(size, ...after)];
      field.assign(other);
      expect([...field.pieces()]).toEqual([...other.pieces()]);
      expect(field.count).toBe(other.count);
      const wasHeld = other.has(0);
      field.remove(0);
      expect(other.has(0)).toBe(wasHeld);
    }),
  );
});

test("a share of empty files alone is whole at once", () => {
  expect(new Bitfield(0).isFull).toBe(true);
  expect(new Bitfield(1).isFull).toBe(false);
});

test("its bytes are a copy", () => {
  const field = of(8, 0);
  field.toBytes()[0] = 0;
  expect(field.has(0)).toBe(true);
});
