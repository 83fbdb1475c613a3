/**
 * Pieces that may be stored from before: a journal was damaged, a disk lost something. Each is
 * compared with its signed hash, and where it matches it counts like one that a peer sent. Until
 * then no peer is asked for it.
 */
import { Bitfield } from "./bitfield.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";

/** One is read while another is hashed; each takes a piece's memory. */
const COMPARED_AT_ONCE = 2;

export class Comparison {
  readonly #core: Core;
  readonly #pages: HashPages;
  /** Not compared yet, or right now. */
  #pending = new Bitfield(0);
  readonly #comparing = new Set<number>();
  /** Before it nothing is pending that could be compared. */
  #next = 0;

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
  }

  isPending(piece: number): boolean {
    return this.#pending.has(piece);
  }

  /** These are to be compared, as far as they are missing. */
  add(pieces: Bitfield): void {
    const had = this.#core.content?.had;
    if (had === undefined) return;
    if (this.#pending.size !== had.size) this.#pending = new Bitfield(had.size);
    for (const piece of pieces.pieces()) if (!had.has(piece)) this.#pending.add(piece);
    this.#next = 0;
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
      this.#core.emit({ type: "check-piece", piece, hash });
    }
  }

  /** The next piece in the files' order whose hash is known. */
  #choose(): number | null {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined || this.#pending.count === 0) return null;
    while (this.#next < layout.pieceCount) {
      const piece = this.#pending.next(this.#pending, "held", this.#next);
      if (piece < 0) break;
      const isKnown = this.#pages.isKnown(piece);
      this.#next = isKnown ? piece + 1 : layout.piecesOfPage(layout.pageOf(piece)).end;
      if (isKnown && !this.#comparing.has(piece)) return piece;
    }
    this.#next = layout.pieceCount;
    return null;
  }

  /** It was compared; false where nobody waits for that any more. */
  compared(piece: number): boolean {
    if (!this.#comparing.delete(piece)) return false;
    this.#pending.remove(piece);
    return true;
  }

  /** Storage failed: nothing is known of what it holds. */
  clear(): void {
    this.#pending = new Bitfield(this.#pending.size);
    this.#comparing.clear();
  }
}
