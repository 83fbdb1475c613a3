/**
 * The person's own copy of some files. Each missing piece of them is compared with its signed hash,
 * and where it matches it counts like one that a peer sent. Until then no peer is asked for it.
 */
import { Bitfield } from "./bitfield.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";
import type { OwnCopySnapshot } from "./io.ts";

/** One is read while another is hashed or written; each takes a piece's memory. */
const COMPARED_AT_ONCE = 3;

export class OwnCopy {
  readonly #core: Core;
  readonly #pages: HashPages;
  /** Not compared yet, or right now. */
  #pending = new Bitfield(0);
  #differing = new Bitfield(0);
  readonly #comparing = new Set<number>();
  #matchedCount = 0;
  /** Before it nothing is pending that could be compared. */
  #next = 0;

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
  }

  /** The piece is left to the person's copy. */
  isPending(piece: number): boolean {
    return this.#pending.has(piece);
  }

  /** Pieces of these files, as far as they are missing, are to be compared; once more where they differed. */
  offer(files: readonly number[]): void {
    const { content } = this.#core;
    if (content === null) return;
    const { layout } = content.manifest;
    if (this.#pending.size !== layout.pieceCount) {
      this.#pending = new Bitfield(layout.pieceCount);
      this.#differing = new Bitfield(layout.pieceCount);
    }
    for (const file of files) {
      if (file >= layout.fileSizes.length) continue;
      const { first, end } = layout.piecesOfFile(file);
      for (let piece = first; piece < end; piece++) {
        if (content.had.has(piece)) continue;
        this.#pending.add(piece);
        this.#differing.remove(piece);
      }
    }
    this.#next = 0;
    this.#tellPages();
  }

  /** Hashes became known: their pieces can be compared. */
  pageKnown(): void {
    this.#next = 0;
  }

  /** Has the next pieces compared, as many as may be at once. */
  pump(): void {
    while (this.#comparing.size < COMPARED_AT_ONCE) {
      const piece = this.#choose();
      const hash = piece === null ? null : this.#pages.hashOf(piece);
      if (piece === null || hash === null) return;
      this.#comparing.add(piece);
      this.#core.emit({ type: "copy-piece", piece, hash });
    }
  }

  /** The next piece in the files' order whose hash is known. */
  #choose(): number | null {
    const { content } = this.#core;
    if (content === null || this.#pending.count === 0) return null;
    const { layout } = content.manifest;
    while (this.#next < layout.pieceCount) {
      const piece = this.#pending.next(this.#pending, "held", this.#next);
      if (piece < 0) break;
      const isKnown = this.#pages.isKnown(piece);
      this.#next = isKnown ? piece + 1 : layout.piecesOfPage(layout.pageOf(piece)).end;
      if (content.had.has(piece)) this.#pending.remove(piece); // A peer sent it meanwhile.
      else if (isKnown && !this.#comparing.has(piece)) return piece;
    }
    this.#next = layout.pieceCount;
    return null;
  }

  /** What came of it; false where nobody waits for that any more. */
  copied(piece: number, matches: boolean): boolean {
    if (!this.#comparing.delete(piece)) return false;
    this.#pending.remove(piece);
    if (matches) this.#matchedCount++;
    else this.#differing.add(piece);
    this.#tellPages();
    return true;
  }

  /** Storage was lost: what was being compared is compared again once there is some. */
  interrupted(): void {
    this.#comparing.clear();
    this.#next = 0;
  }

  #tellPages(): void {
    this.#pages.ownPieces = this.#pending.count > 0 ? this.#pending : null;
  }

  snapshot(): OwnCopySnapshot | null {
    const matchedCount = this.#matchedCount;
    const differingCount = this.#differing.count;
    const pieceCount = matchedCount + differingCount + this.#pending.count;
    if (pieceCount === 0) return null;
    return { pieceCount, matchedCount, differingCount, isComparing: this.#comparing.size > 0 };
  }
}
