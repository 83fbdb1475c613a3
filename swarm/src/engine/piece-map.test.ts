import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bitfield } from "./bitfield.ts";
import { pieceMap } from "./piece-map.ts";

const nobody = (): number => 0;

describe("pieceMap", () => {
  it("has a cell for each piece of a small share", () => {
    const had = new Bitfield(3);
    had.add(1);
    const map = pieceMap(had, (piece) => (piece === 2 ? 4 : 0), 256);
    expect([...map.held]).toEqual([0, 255, 0]);
    expect([...map.others]).toEqual([0, 0, 255]);
  });

  it("tells how much of a cell is there", () => {
    const had = new Bitfield(8);
    for (const piece of [0, 1, 2, 3, 4]) had.add(piece);
    expect([...pieceMap(had, nobody, 2).held]).toEqual([255, 64]);
  });

  it("shows a cell as empty or whole only where it is", () => {
    const had = new Bitfield(2000);
    had.add(0);
    for (let piece = 1001; piece < 2000; piece++) had.add(piece);
    expect([...pieceMap(had, nobody, 2).held]).toEqual([1, 254]);
  });

  it("has no cell for a share without pieces", () => {
    expect(pieceMap(new Bitfield(0), nobody, 256).held).toHaveLength(0);
  });

  it("puts every piece into one cell, in order, and the cells differ by one piece at most", () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 64 }));
    fc.assert(
      fc.property(sizes, ([pieceCount, mostCells]) => {
        const cellCount = Math.min(pieceCount, mostCells);
        const countOf = Array.from({ length: cellCount }, () => 0);
        let last = 0;
        for (let piece = 0; piece < pieceCount; piece++) {
          const had = new Bitfield(pieceCount);
          had.add(piece);
          const { held } = pieceMap(had, nobody, mostCells);
          const cells = [...held.keys()].filter((cell) => held[cell] !== 0);
          const [cell = -1] = cells;
          expect(cells).toHaveLength(1);
          expect(cell).toBeGreaterThanOrEqual(last);
          last = cell;
          countOf[cell] = (countOf[cell] ?? 0) + 1;
        }
        expect(Math.max(...countOf) - Math.min(...countOf)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});
