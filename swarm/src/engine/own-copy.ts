/**
 * The person's own copy of some files. Each missing piece of them is compared with its signed hash,
 * and where it matches it counts like one that a peer sent.
 */
import { Bitfield } from "./bitfield.ts";
import { Comparison } from "./comparison.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";
import type { OwnCopySnapshot } from "./io.ts";

/** One is read while another is hashed or written. */
const COMPARED_AT_ONCE = 3;

export class OwnCopy {
  readonly #core: Core;
  readonly #pages: HashPages;
  readonly #comparison: Comparison;
  #differing = new Bitfield(0);
  #matchedCount = 0;

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
    this.#comparison = new Comparison(core, pages, COMPARED_AT_ONCE, (piece, hash) =>
      core.emit({ type: "copy-piece", piece, hash }),
    );
  }

  /** The piece is left to the person's copy. */
  isPending(piece: number): boolean {
    return this.#comparison.pending.has(piece);
  }

  /** Pieces of these files, as far as they are missing, are to be compared; once more where they differed. */
  offer(files: readonly number[]): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined) return;
    if (this.#differing.size !== layout.pieceCount) {
      this.#differing = new Bitfield(layout.pieceCount);
    }
    for (const file of files) {
      if (file >= layout.fileSizes.length) continue;
      const { first, end } = layout.piecesOfFile(file);
      const pieces = Array.from({ length: end - first }, (_, at) => first + at);
      for (const piece of pieces) this.#differing.remove(piece);
      this.#comparison.add(pieces);
    }
    this.#tellPages();
  }

  /** Hashes became known: their pieces can be compared. */
  pageKnown(): void {
    this.#comparison.pageKnown();
  }

  /** Has the next pieces compared, as many as may be at once. */
  pump(): void {
    this.#comparison.pump();
  }

  /** What came of it; false where nobody waits for that any more. */
  copied(piece: number, matches: boolean): boolean {
    if (!this.#comparison.compared(piece)) return false;
    if (matches) this.#matchedCount++;
    else this.#differing.add(piece);
    this.#tellPages();
    return true;
  }

  /** Storage was lost: what was being compared is compared again once there is some. */
  interrupted(): void {
    this.#comparison.interrupted();
  }

  #tellPages(): void {
    const { pending } = this.#comparison;
    this.#pages.ownPieces = pending.count > 0 ? pending : null;
  }

  snapshot(): OwnCopySnapshot | null {
    const matchedCount = this.#matchedCount;
    const differingCount = this.#differing.count;
    const { pending, isComparing } = this.#comparison;
    const pieceCount = matchedCount + differingCount + pending.count;
    return pieceCount === 0 ? null : { pieceCount, matchedCount, differingCount, isComparing };
  }
}
