/**
 * Missing pieces that may be found on this machine: stored from before, where a journal was damaged
 * or a disk lost something, or in the person's own copy. Each is compared with its signed hash, as
 * soon as that is known; until then no peer is asked for it.
 */
import type { Bytes } from "../bytes.ts";
import { Bitfield } from "./bitfield.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";

export class Comparison {
  readonly #core: Core;
  readonly #pages: HashPages;
  readonly #mostAtOnce: number;
  readonly #begin: (piece: number, hash: Bytes) => void;
  #pending = new Bitfield(0);
  readonly #comparing = new Set<number>();
  /** Before it nothing is pending that could be compared. */
  #next = 0;

  /** `begin` has one piece compared; each that is under way takes a piece's memory. */
  constructor(
    core: Core,
    pages: HashPages,
    mostAtOnce: number,
    begin: (piece: number, hash: Bytes) => void,
  ) {
    this.#core = core;
    this.#pages = pages;
    this.#mostAtOnce = mostAtOnce;
    this.#begin = begin;
  }

  /** Not compared yet, or right now. */
  get pending(): Bitfield {
    return this.#pending;
  }

  get isComparing(): boolean {
    return this.#comparing.size > 0;
  }

  /** These are to be compared, as far as they are missing. */
  add(pieces: Iterable<number>): void {
    const had = this.#core.content?.had;
    if (had === undefined) return;
    if (this.#pending.size !== had.size) this.#pending = new Bitfield(had.size);
    for (const piece of pieces) if (!had.has(piece)) this.#pending.add(piece);
    this.#next = 0;
  }

  /** Hashes became known: their pieces can be compared. */
  pageKnown(): void {
    this.#next = 0;
  }

  /** Has the next pieces compared, as many as may be at once. */
  pump(): void {
    while (this.#comparing.size < this.#mostAtOnce) {
      const piece = this.#choose();
      const hash = piece === null ? null : this.#pages.hashOf(piece);
      if (piece === null || hash === null) return;
      this.#comparing.add(piece);
      this.#begin(piece, hash);
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
      if (content.had.has(piece)) this.#pending.remove(piece); // It came otherwise meanwhile.
      else if (isKnown && !this.#comparing.has(piece)) return piece;
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

  /** What was being compared won't be answered: it is compared again. */
  interrupted(): void {
    this.#comparing.clear();
    this.#next = 0;
  }

  /** Storage failed: nothing is known of what it holds. */
  clear(): void {
    this.#pending = new Bitfield(this.#pending.size);
    this.#comparing.clear();
  }
}
