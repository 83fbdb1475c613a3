import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { Layout, pieceBytesFor } from "./layout.ts";

const KIB = 1024;
const pieceBytes = fc.constantFrom(
  ...[64, 128, 256, 512, 1024, 2048, 4096].map((kib) => kib * KIB),
);
const size = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 40_000_000 }),
  fc.integer({ min: 0, max: 600 }).map((count) => count * 64 * KIB),
);
const layout = fc
  .tuple(fc.array(size, { minLength: 1, maxLength: 12 }), pieceBytes)
  .map(([sizes, bytes]) => new Layout(sizes, bytes));

test("every byte of every file is in exactly one piece, and pieces follow the files' order", () => {
  fc.assert(
    fc.property(layout, (made) => {
      const covered = made.fileSizes.map(() => 0);
      let file = 0;
      for (let piece = 0; piece < made.pieceCount; piece++) {
        const span = made.span(piece);
        expect(span.file).toBeGreaterThanOrEqual(file);
        file = span.file;
        expect(span.offset).toBe(covered[file]);
        expect(span.length).toBeGreaterThan(0);
        expect(span.length).toBeLessThanOrEqual(made.pieceBytes);
        covered[file] = span.offset + span.length;
      }
      expect(covered).toEqual(made.fileSizes);
      expect(made.totalBytes).toBe(covered.reduce((sum, bytes) => sum + bytes, 0));
    }),
  );
});

test("a file's pieces are those whose bytes are its own", () => {
  fc.assert(
    fc.property(layout, (made) => {
      let next = 0;
      for (const [file, bytes] of made.fileSizes.entries()) {
        const { first, end } = made.piecesOfFile(file);
        expect(first).toBe(next);
        expect(end - first).toBe(Math.ceil(bytes / made.pieceBytes));
        for (let piece = first; piece < end; piece++) expect(made.span(piece).file).toBe(file);
        next = end;
      }
      expect(next).toBe(made.pieceCount);
    }),
  );
});

test("pages cover every piece once, and none covers more than its bound", () => {
  fc.assert(
    fc.property(layout, (made) => {
      let next = 0;
      for (let page = 0; page < made.pageCount; page++) {
        const { first, end } = made.piecesOfPage(page);
        expect(first).toBe(next);
        expect(end).toBeGreaterThan(first);
        let bytes = 0;
        for (let piece = first; piece < end; piece++) {
          expect(made.pageOf(piece)).toBe(page);
          bytes += made.span(piece).length;
        }
        expect(bytes).toBeLessThanOrEqual(LIMITS.pageContentBytes);
        next = end;
      }
      expect(next).toBe(made.pieceCount);
    }),
  );
});

describe("a block", () => {
  const made = new Layout([300 * KIB, 5], 256 * KIB);

  test("is a whole one, or what is left of its piece", () => {
    for (const [piece, offset, length] of [
      [0, 0, 128 * KIB],
      [0, 128 * KIB, 128 * KIB],
      [1, 0, 44 * KIB],
      [2, 0, 5],
    ] as const) {
      expect(made.isBlock({ piece, offset, length })).toBe(true);
    }
  });

  test.each([
    ["past the last piece", 3, 0, 5],
    ["of the last number there is", 2 ** 32 - 1, 0, 128 * KIB],
    ["that begins elsewhere", 0, 64 * KIB, 128 * KIB],
    ["that begins where its piece ends", 0, 256 * KIB, 128 * KIB],
    ["that begins far past its piece", 0, 2 ** 32 - 128 * KIB, 128 * KIB],
    ["that is shorter", 0, 0, 128 * KIB - 1],
    ["that is longer", 0, 0, 256 * KIB],
    ["that goes past its piece's end", 2, 0, 6],
    ["of nothing", 2, 0, 0],
  ])("%s is none", (_what, piece, offset, length) => {
    expect(made.isBlock({ piece, offset, length })).toBe(false);
  });
});

describe("empty files", () => {
  test("have no piece, wherever they stand", () => {
    const made = new Layout([0, 1, 0, 0, 64 * KIB + 1, 0], 64 * KIB);
    expect(made.pieceCount).toBe(3);
    expect([0, 1, 2].map((piece) => made.span(piece))).toEqual([
      { file: 1, offset: 0, length: 1 },
      { file: 4, offset: 0, length: 64 * KIB },
      { file: 4, offset: 64 * KIB, length: 1 },
    ]);
    for (const file of [0, 2, 3, 5]) {
      const { first, end } = made.piecesOfFile(file);
      expect(end).toBe(first);
    }
  });

  test("alone make a share without pieces and pages", () => {
    const made = new Layout([0, 0], 64 * KIB);
    expect([made.pieceCount, made.pageCount, made.totalBytes]).toEqual([0, 0, 0]);
  });
});

describe("the piece size", () => {
  test.each([
    [0, 64 * KIB],
    [32 * KIB * KIB, 64 * KIB],
    [32 * KIB * KIB + 1, 128 * KIB],
    [512e6, 256 * KIB],
    [4096 * KIB * KIB, 256 * KIB],
    [4096 * KIB * KIB + 1, 512 * KIB],
    [10e9, 1024 * KIB],
    [LIMITS.shareBytes, 4096 * KIB],
  ])("of %d bytes is %d", (total, expected) => {
    expect(pieceBytesFor(total)).toBe(expected);
  });

  test("is a power of two within its bounds, and the largest share has room for its files", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LIMITS.shareBytes }), (total) => {
        const bytes = pieceBytesFor(total);
        expect(Math.log2(bytes) % 1).toBe(0);
        expect(bytes).toBeGreaterThanOrEqual(LIMITS.pieceBytesLeast);
        expect(bytes).toBeLessThanOrEqual(LIMITS.pieceBytesMost);
        const mostPieces = Math.ceil(total / bytes) + LIMITS.fileCount;
        expect(mostPieces).toBeLessThanOrEqual(LIMITS.pieceCount);
      }),
    );
  });
});
