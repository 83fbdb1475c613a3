/** Where the pieces of a share are, in so few cells that a person sees it at a glance. */
import type { Bytes } from "../bytes.ts";
import type { Bitfield } from "./bitfield.ts";

/**
 * The pieces in order, as many to each cell as to any other, or one more. Each cell has two bytes, 0
 * for none of its pieces and 255 for all.
 */
export type PieceMap = {
  /** Pieces that are held here. */
  readonly held: Bytes;
  /** Pieces that at least one connected peer holds. */
  readonly others: Bytes;
};

/**
 * @param copiesOf How many connected peers hold a piece.
 * @param mostCells A share of fewer pieces has a cell for each.
 */
export function pieceMap(
  had: Bitfield,
  copiesOf: (piece: number) => number,
  mostCells: number,
): PieceMap {
  const cellCount = Math.min(mostCells, had.size);
  const held = new Uint8Array(cellCount);
  const others = new Uint8Array(cellCount);
  for (let cell = 0; cell < cellCount; cell++) {
    const first = Math.floor((cell * had.size) / cellCount);
    const end = Math.floor(((cell + 1) * had.size) / cellCount);
    let heldCount = 0;
    let othersCount = 0;
    for (let piece = first; piece < end; piece++) {
      if (had.has(piece)) heldCount++;
      if (copiesOf(piece) > 0) othersCount++;
    }
    held[cell] = byteOf(heldCount, end - first);
    others[cell] = byteOf(othersCount, end - first);
  }
  return { held, others };
}

/** 0 and 255 are kept for none and all: a cell must not look whole before it is. */
function byteOf(count: number, of: number): number {
  if (count === 0 || count === of) return count === 0 ? 0 : 255;
  return Math.min(254, Math.max(1, Math.round((count * 255) / of)));
}
