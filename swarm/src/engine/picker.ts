/**
 * Which block to ask for next: partial pieces first, so that few stay open; otherwise the rarest
 * piece that the peer has, ties broken at random, so that peers end up with different ones. While
 * nothing is held yet the first piece is random, for something to trade soon.
 */
import type { Block } from "../wire/frame.ts";
import type { Layout } from "../share/layout.ts";
import { LIMITS } from "../limits.ts";
import type { Bitfield } from "./bitfield.ts";

/** Uniform in [0, 1). */
export type Rng = () => number;

type BlockState = "open" | "asked" | "had";

/** A piece that is being fetched. */
type Partial = {
  readonly blocks: BlockState[];
  openCount: number;
  hadCount: number;
  /** Connections that sent a block of it. */
  readonly contributors: Set<number>;
  /** After a mismatch with several contributors: ask one peer alone, so that blame is certain. */
  soloist: number | null;
};

export class Picker {
  /** Copies of each piece among connected peers. */
  readonly #availability: Uint16Array;
  readonly #partials = new Map<number, Partial>();
  readonly #suspects = new Set<number>();
  /** Complete, but not yet stored. */
  readonly #checking = new Set<number>();
  readonly #layout: Layout;
  readonly #had: Bitfield;
  readonly #openPieceLimit: number;
  readonly #rng: Rng;

  /**
   * `had` is shared with the engine, which adds to it. `openPieceBytes` bounds the memory that
   * pieces take while they are fetched and checked.
   */
  constructor(layout: Layout, had: Bitfield, openPieceBytes: number, rng: Rng) {
    this.#layout = layout;
    this.#had = had;
    this.#rng = rng;
    this.#openPieceLimit = Math.max(2, Math.floor(openPieceBytes / layout.pieceBytes));
    this.#availability = new Uint16Array(layout.pieceCount);
  }

  /** A connected peer has this piece. */
  addCopy(piece: number): void {
    this.#availability[piece] = (this.#availability[piece] ?? 0) + 1;
  }

  /** A peer left, or turned out not to have it. */
  removeCopy(piece: number): void {
    this.#availability[piece] = Math.max(0, (this.#availability[piece] ?? 0) - 1);
  }

  /**
   * The next block to ask of this peer, marked as asked; null where it has nothing that is open.
   * `isKnown` tells whether a piece's hash is known.
   */
  pick(connection: number, peerHas: Bitfield, isKnown: (piece: number) => boolean): Block | null {
    for (const [piece, partial] of this.#partials) {
      if (partial.openCount === 0 || !peerHas.has(piece)) continue;
      if (partial.soloist !== null && partial.soloist !== connection) continue;
      return this.#ask(piece, partial);
    }
    if (this.#partials.size >= this.#openPieceLimit) return null;
    const piece = this.#rarest(peerHas, isKnown);
    return piece === null ? null : this.#ask(piece, this.#open(piece, connection));
  }

  /**
   * The block won't come: rejected, timed out, or its peer is gone. True where the piece starts
   * anew, since nobody else may complete what one peer alone was asked for.
   */
  release(block: Block): boolean {
    const partial = this.#partials.get(block.piece);
    const index = block.offset / LIMITS.blockBytes;
    if (partial?.blocks[index] !== "asked") return false;
    partial.blocks[index] = "open";
    partial.openCount++;
    return partial.soloist !== null && this.#partials.delete(block.piece);
  }

  /** `unwanted`: it was there already. `complete`: it was the piece's last. */
  received(connection: number, block: Block): "unwanted" | "stored" | "complete" {
    const partial = this.#partials.get(block.piece);
    const index = block.offset / LIMITS.blockBytes;
    const state = partial?.blocks[index];
    if (partial === undefined || state === undefined || state === "had") return "unwanted";
    if (partial.soloist !== null && partial.soloist !== connection) return "unwanted";
    if (state === "open") partial.openCount--;
    partial.blocks[index] = "had";
    partial.hadCount++;
    partial.contributors.add(connection);
    if (partial.hadCount < partial.blocks.length) return "stored";
    this.#checking.add(block.piece);
    return "complete";
  }

  /** The hash matched and the piece is stored. True where it was being fetched once more. */
  finished(piece: number): boolean {
    const isOpen = this.#partials.has(piece) && !this.#checking.has(piece);
    this.#partials.delete(piece);
    this.#checking.delete(piece);
    this.#suspects.delete(piece);
    return isOpen;
  }

  /**
   * The hash didn't match: the piece starts again. Returns the one connection that sent all of it,
   * or null where several did; then the next try asks one peer alone.
   */
  mismatched(piece: number): number | null {
    const contributors = [...(this.#partials.get(piece)?.contributors ?? [])];
    this.#partials.delete(piece);
    this.#checking.delete(piece);
    this.#suspects.add(piece);
    return contributors.length === 1 ? (contributors[0] ?? null) : null;
  }

  /** Storage was lost: every piece that isn't had starts again. Returns those that were begun. */
  reset(): number[] {
    const begun = [...this.#partials.keys()].filter((piece) => !this.#checking.has(piece));
    this.#partials.clear();
    this.#checking.clear();
    return begun;
  }

  /**
   * Where no further piece may be opened and this peer has none of the open ones, one that nobody
   * is asked for gives up its place: its holders choke or left. Returns it, whose blocks are to be
   * dropped, or null where there is none or no need.
   */
  makeRoom(peerHas: Bitfield, isKnown: (piece: number) => boolean): number | null {
    if (this.#partials.size < this.#openPieceLimit) return null;
    if (this.#rarest(peerHas, isKnown) === null) return null;
    let idlest: number | null = null;
    let leastHad = Infinity;
    for (const [piece, partial] of this.#partials) {
      if (this.#checking.has(piece) || partial.blocks.includes("asked")) continue;
      if (partial.hadCount >= leastHad) continue;
      idlest = piece;
      leastHad = partial.hadCount;
    }
    if (idlest !== null) this.#partials.delete(idlest);
    return idlest;
  }

  /** A connection ended or chokes: its solo pieces go back. Returns them, to be dropped. */
  freeSolo(connection: number): number[] {
    const dropped: number[] = [];
    for (const [piece, partial] of this.#partials) {
      if (partial.soloist !== connection || this.#checking.has(piece)) continue;
      this.#partials.delete(piece);
      dropped.push(piece);
    }
    return dropped;
  }

  #open(piece: number, connection: number): Partial {
    const blockCount = Math.ceil(this.#layout.span(piece).length / LIMITS.blockBytes);
    const partial: Partial = {
      blocks: Array.from({ length: blockCount }, () => "open"),
      openCount: blockCount,
      hadCount: 0,
      contributors: new Set(),
      soloist: this.#suspects.has(piece) ? connection : null,
    };
    this.#partials.set(piece, partial);
    return partial;
  }

  #ask(piece: number, partial: Partial): Block {
    const index = partial.blocks.indexOf("open");
    partial.blocks[index] = "asked";
    partial.openCount--;
    const offset = index * LIMITS.blockBytes;
    const length = Math.min(LIMITS.blockBytes, this.#layout.span(piece).length - offset);
    return { piece, offset, length };
  }

  #rarest(peerHas: Bitfield, isKnown: (piece: number) => boolean): number | null {
    const anyWillDo = this.#had.count === 0;
    let best: number | null = null;
    let bestCopies = Infinity;
    let ties = 0;
    for (let piece = 0; piece < this.#layout.pieceCount; piece++) {
      if (!peerHas.has(piece) || this.#had.has(piece) || this.#partials.has(piece)) continue;
      if (!isKnown(piece)) continue;
      const copies = anyWillDo ? 1 : (this.#availability[piece] ?? 0);
      if (copies > bestCopies) continue;
      if (copies < bestCopies) {
        bestCopies = copies;
        ties = 0;
      }
      ties++;
      if (this.#rng() * ties < 1) best = piece; // Each of the ties is kept with the same chance.
    }
    return best;
  }
}
