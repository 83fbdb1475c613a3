/**
 * Which block to ask for next:
 *
 * 1. what a play head needs, in order;
 * 2. pieces that were begun, so that few stay open; but one that another peer is busy with only
 *    where there is nothing else, since whole pieces from one peer come sooner and tell who lied;
 * 3. pieces that the peer suggested;
 * 4. while few are held any piece, for something to trade soon; then the rarest that it has;
 * 5. endgame: where nothing is unrequested, a block that somebody slower was asked for.
 */
import type { Block } from "../wire/frame.ts";
import type { Layout } from "../share/layout.ts";
import { LIMITS } from "../limits.ts";
import type { Bitfield } from "./bitfield.ts";
import { Rarity, type Rng } from "./rarity.ts";

/** With fewer pieces than this any piece will do (BitTorrent's four). */
const RANDOM_FIRST_COUNT = 4;
/** Missing pieces behind a play head that go before all others. */
const HEAD_PIECES = 8;

/** Nobody, in place of a connection. */
const NOBODY = -1;

/** A piece that is being fetched. */
class Partial {
  readonly blockCount: number;
  /** Whom each block was asked of, and in an endgame whom besides; `NOBODY` where none. */
  readonly askedOf: Int32Array;
  readonly askedToo: Int32Array;
  /** Who sent each block. */
  readonly sentBy: Int32Array;
  openCount: number;
  hadCount = 0;
  askedCount = 0;
  isChecking = false;
  /** After a mismatch with several senders: only this one is asked, so that blame is certain. */
  readonly soloist: number | null;

  constructor(blockCount: number, soloist: number | null) {
    this.blockCount = blockCount;
    this.openCount = blockCount;
    this.soloist = soloist;
    this.askedOf = new Int32Array(blockCount).fill(NOBODY);
    this.askedToo = new Int32Array(blockCount).fill(NOBODY);
    this.sentBy = new Int32Array(blockCount).fill(NOBODY);
  }

  isOpen(index: number): boolean {
    return this.askedOf[index] === NOBODY && this.sentBy[index] === NOBODY;
  }

  /** Whether this connection was asked for a block of it, or sent one. */
  isOf(connection: number): boolean {
    return this.askedOf.includes(connection) || this.sentBy.includes(connection);
  }

  /** Whether this connection was asked for a block of it, or nobody was. */
  isFreeFor(connection: number): boolean {
    return this.askedCount === 0 || this.askedOf.includes(connection);
  }
}

export type Wish = {
  readonly connection: number;
  readonly has: Bitfield;
  /** What the peer suggested, oldest first; taken ones are removed. */
  readonly suggested: number[];
  /** It is about to suggest more: a new piece of one's own choice can wait. */
  readonly isGuided: boolean;
  /** It is fast enough to be asked for whole pieces. */
  readonly isFast: boolean;
  /** It may have spoilt a piece: asked for whole pieces alone, so that the next lie shows. */
  readonly isOnParole: boolean;
  /** Whether it would answer much sooner than that other connection does, which was asked already. */
  readonly isSoonerThan: (other: number, block: Block) => boolean;
};

export type Outcome =
  | { readonly kind: "unwanted" }
  /** `others` were asked for it as well. `isComplete`: it was the piece's last block. */
  | { readonly kind: "stored"; readonly isComplete: boolean; readonly others: readonly number[] };

export class Picker {
  readonly rarity: Rarity;
  readonly #partials = new Map<number, Partial>();
  /** Those of them with blocks that were asked of nobody. */
  readonly #unasked = new Set<number>();
  readonly #suspects = new Set<number>();
  readonly #layout: Layout;
  readonly #had: Bitfield;
  readonly #wanted: Bitfield;
  readonly #isKnown: (piece: number) => boolean;
  readonly #openPieceLimit: number;
  /** Wanted pieces that are neither had nor begun. */
  #untouchedCount: number;
  #head: { first: number; readonly end: number } | null = null;

  /**
   * `had` and `wanted` are shared with the engine, which says when they change. `isKnown` tells
   * whether a piece's hash is known. `openPieceBytes` bounds the memory that pieces take while they
   * are fetched and checked.
   */
  constructor(
    layout: Layout,
    had: Bitfield,
    wanted: Bitfield,
    isKnown: (piece: number) => boolean,
    openPieceBytes: number,
    rng: Rng,
  ) {
    this.#layout = layout;
    this.#had = had;
    this.#wanted = wanted;
    this.#isKnown = isKnown;
    this.#openPieceLimit = Math.max(2, Math.floor(openPieceBytes / layout.pieceBytes));
    this.#untouchedCount = wanted.countOf(wanted, had);
    this.rarity = new Rarity(layout.pieceCount, rng);
  }

  get pieceBytes(): number {
    return this.#layout.pieceBytes;
  }

  /** The hashes of pieces `[first, end)` became known. */
  known(first: number, end: number): void {
    if (this.#had.isFull) return; // Who picks no more suggests, from the same index.
    for (let piece = first; piece < end; piece++) this.#refresh(piece);
  }

  /** What is held or wanted changed altogether. */
  renew(): void {
    if (this.#had.isFull) return; // As above.
    this.#untouchedCount = 0;
    for (let piece = 0; piece < this.#had.size; piece++) {
      this.#refresh(piece);
      if (this.#isUntouched(piece)) this.#untouchedCount++;
    }
  }

  /** Pieces from `first` on, up to `end`, go before all others; null: none do. */
  setHead(head: { readonly first: number; readonly end: number } | null): void {
    this.#head = head === null ? null : { ...head };
  }

  #isUntouched(piece: number): boolean {
    return this.#wanted.has(piece) && !this.#had.has(piece) && !this.#partials.has(piece);
  }

  #refresh(piece: number): void {
    this.rarity.setOpen(piece, this.#isUntouched(piece) && this.#isKnown(piece));
  }

  /** Nothing is unrequested: what is missing was all asked of somebody. */
  get isEndgame(): boolean {
    return this.#untouchedCount === 0 && this.#unasked.size === 0 && this.#partials.size > 0;
  }

  /** The next block to ask of this peer, marked as asked; null where it has nothing that is open. */
  pick(wish: Wish): Block | null {
    const urgent = this.#urgent(wish);
    if (urgent !== null) return urgent;
    let shared: number | null = null;
    for (const piece of this.#unasked) {
      const partial = this.#partials.get(piece);
      if (partial === undefined || !wish.has.has(piece) || !this.#isFor(partial, wish)) continue;
      const isFirst =
        wish.suggested.length > 0 || wish.isGuided
          ? partial.isOf(wish.connection)
          : !wish.isFast || partial.isFreeFor(wish.connection);
      if (isFirst) return this.#ask(piece, wish);
      shared ??= piece;
    }
    const untouched = this.#mayOpen ? this.#choose(wish) : null;
    if (untouched !== null) return this.#ask(untouched, wish);
    if (shared !== null && !wish.isGuided) return this.#ask(shared, wish);
    return this.isEndgame && !wish.isOnParole ? this.#repeat(wish) : null;
  }

  get #mayOpen(): boolean {
    return this.#partials.size < this.#openPieceLimit;
  }

  #isFor(partial: Partial, wish: Wish): boolean {
    return partial.soloist === null ? !wish.isOnParole : partial.soloist === wish.connection;
  }

  #urgent(wish: Wish): Block | null {
    const head = this.#head;
    if (head === null) return null;
    while (head.first < head.end && this.#had.has(head.first)) head.first++;
    let missingCount = 0;
    for (let piece = head.first; piece < head.end && missingCount < HEAD_PIECES; piece++) {
      if (this.#had.has(piece)) continue;
      missingCount++;
      if (!wish.has.has(piece)) continue;
      const partial = this.#partials.get(piece);
      if (partial === undefined) {
        if (this.#mayOpen && this.rarity.isOpen(piece)) return this.#ask(piece, wish);
      } else if (partial.openCount > 0 && this.#isFor(partial, wish)) {
        return this.#ask(piece, wish);
      }
    }
    return null;
  }

  #choose(wish: Wish): number | null {
    for (let index = 0; index < wish.suggested.length;) {
      const piece = wish.suggested[index] ?? 0;
      const isOver = !this.#isUntouched(piece) || !wish.has.has(piece);
      if (!isOver && !this.rarity.isOpen(piece)) {
        index++; // Its hash isn't known yet: later.
        continue;
      }
      wish.suggested.splice(index, 1);
      if (!isOver) return piece;
    }
    if (wish.isGuided) return null;
    return this.#had.count + this.#partials.size < RANDOM_FIRST_COUNT
      ? this.rarity.any(wish.has)
      : this.rarity.rarest(wish.has, "held");
  }

  /** In an endgame: a block that only a slower peer was asked for, asked once more. */
  #repeat(wish: Wish): Block | null {
    for (const [piece, partial] of this.#partials) {
      if (partial.isChecking || partial.soloist !== null || !wish.has.has(piece)) continue;
      for (let index = 0; index < partial.blockCount; index++) {
        const other = partial.askedOf[index] ?? NOBODY;
        if (other === NOBODY || other === wish.connection) continue;
        const block = this.#block(piece, index);
        if (partial.askedToo[index] !== NOBODY || !wish.isSoonerThan(other, block)) continue;
        partial.askedToo[index] = wish.connection;
        return block;
      }
    }
    return null;
  }

  #ask(piece: number, wish: Wish): Block {
    const partial = this.#partials.get(piece) ?? this.#begin(piece, wish);
    let index = 0;
    while (!partial.isOpen(index)) index++;
    partial.askedOf[index] = wish.connection;
    partial.askedCount++;
    partial.openCount--;
    if (partial.openCount === 0) this.#unasked.delete(piece);
    return this.#block(piece, index);
  }

  #begin(piece: number, { connection, isOnParole }: Wish): Partial {
    const blockCount = Math.ceil(this.#layout.span(piece).length / LIMITS.blockBytes);
    const isSolo = isOnParole || this.#suspects.has(piece);
    const partial = new Partial(blockCount, isSolo ? connection : null);
    if (this.#isUntouched(piece)) this.#untouchedCount--;
    this.#partials.set(piece, partial);
    this.#unasked.add(piece);
    this.#refresh(piece);
    return partial;
  }

  #block(piece: number, index: number): Block {
    const offset = index * LIMITS.blockBytes;
    const length = Math.min(LIMITS.blockBytes, this.#layout.span(piece).length - offset);
    return { piece, offset, length };
  }

  /** The piece is begun no longer, for having come or for starting anew. */
  #end(piece: number): boolean {
    if (!this.#partials.delete(piece)) return false;
    this.#unasked.delete(piece);
    if (this.#isUntouched(piece)) this.#untouchedCount++;
    this.#refresh(piece);
    return true;
  }

  /**
   * The block won't come from this connection: rejected, timed out, or its peer is gone. True where
   * the piece starts anew, since nobody else may complete what one peer alone was asked for.
   */
  release(connection: number, block: Block): boolean {
    const partial = this.#partials.get(block.piece);
    if (partial === undefined) return false;
    const index = block.offset / LIMITS.blockBytes;
    if (partial.askedToo[index] === connection) {
      partial.askedToo[index] = NOBODY;
      return false;
    }
    if (partial.askedOf[index] !== connection) return false;
    partial.askedOf[index] = partial.askedToo[index] ?? NOBODY;
    partial.askedToo[index] = NOBODY;
    if (partial.askedOf[index] !== NOBODY) return false;
    partial.askedCount--;
    partial.openCount++;
    this.#unasked.add(block.piece);
    return partial.soloist !== null && this.#end(block.piece);
  }

  /** A block came. `unwanted`: it was there already, or somebody else has to send it. */
  received(connection: number, block: Block): Outcome {
    const partial = this.#partials.get(block.piece);
    const index = block.offset / LIMITS.blockBytes;
    const isUnwanted =
      partial === undefined ||
      partial.isChecking ||
      partial.sentBy[index] !== NOBODY ||
      (partial.soloist !== null && partial.soloist !== connection);
    if (isUnwanted) return { kind: "unwanted" };
    const asked = [partial.askedOf[index] ?? NOBODY, partial.askedToo[index] ?? NOBODY];
    if (asked[0] === NOBODY) partial.openCount--;
    else partial.askedCount--;
    if (partial.openCount === 0) this.#unasked.delete(block.piece);
    partial.askedOf[index] = NOBODY;
    partial.askedToo[index] = NOBODY;
    partial.sentBy[index] = connection;
    partial.hadCount++;
    partial.isChecking = partial.hadCount === partial.blockCount;
    const others = asked.filter((other) => other !== NOBODY && other !== connection);
    return { kind: "stored", isComplete: partial.isChecking, others };
  }

  /** Who sent each block of a piece that is being checked. */
  sendersOf(piece: number): readonly number[] {
    return [...(this.#partials.get(piece)?.sentBy ?? [])];
  }

  /** Whether the piece didn't match before. */
  isSuspect(piece: number): boolean {
    return this.#suspects.has(piece);
  }

  /**
   * The hash matched, the piece is stored, and `had` has it, `isNew` where it hadn't before. True
   * where it was being fetched once more.
   */
  finished(piece: number, isNew: boolean): boolean {
    const isOpen = this.#partials.get(piece)?.isChecking === false;
    const wasUntouched = isNew && this.#wanted.has(piece) && !this.#partials.has(piece);
    if (wasUntouched) this.#untouchedCount--;
    this.#end(piece);
    this.#refresh(piece);
    this.#suspects.delete(piece);
    return isOpen;
  }

  /** The piece was had, and `had` has it no longer. */
  lost(piece: number): void {
    if (this.#had.count + 1 === this.#had.size) return this.renew(); // Picking begins again.
    if (this.#isUntouched(piece)) this.#untouchedCount++;
    this.#refresh(piece);
  }

  /** The hash didn't match: the piece starts again, from one peer alone. */
  mismatched(piece: number): void {
    this.#suspects.add(piece);
    this.#end(piece);
  }

  /** Storage was lost: every piece that isn't had starts again. Returns those that were begun. */
  reset(): number[] {
    const begun: number[] = [];
    for (const [piece, partial] of this.#partials) if (!partial.isChecking) begun.push(piece);
    this.#partials.clear();
    this.#unasked.clear();
    this.renew();
    return begun;
  }

  /** What is wanted changed: pieces that were begun and aren't wanted end. Returns them, to be dropped. */
  dropUnwanted(): number[] {
    const dropped: number[] = [];
    for (const [piece, partial] of this.#partials) {
      if (!this.#wanted.has(piece) && !partial.isChecking) dropped.push(piece);
    }
    for (const piece of dropped) this.#end(piece);
    return dropped;
  }

  /**
   * Where no further piece may be opened and this peer has none of the open ones, one that nobody
   * is asked for gives up its place: its holders choke or left. Returns it, whose blocks are to be
   * dropped, or null where there is none or no need.
   */
  makeRoom(peerHas: Bitfield): number | null {
    if (this.#mayOpen || this.rarity.rarest(peerHas, "held") === null) return null;
    let idlest: number | null = null;
    let leastHad = Infinity;
    for (const [piece, partial] of this.#partials) {
      if (partial.isChecking || partial.askedCount > 0 || partial.hadCount >= leastHad) continue;
      idlest = piece;
      leastHad = partial.hadCount;
    }
    if (idlest !== null) this.#end(idlest);
    return idlest;
  }

  /** A connection ended or chokes: its solo pieces go back. Returns them, to be dropped. */
  freeSolo(connection: number): number[] {
    const dropped: number[] = [];
    for (const [piece, partial] of this.#partials) {
      if (partial.soloist === connection && !partial.isChecking) dropped.push(piece);
    }
    for (const piece of dropped) this.#end(piece);
    return dropped;
  }
}
