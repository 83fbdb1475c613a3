/**
 * How many copies of each piece are out among connected peers, and which of the open pieces are the
 * rarest. Pieces stand in one bitfield per number of copies, so that a copy more or less moves one
 * bit, and a choice goes through 32 pieces at a time: two million pieces cost no more than some
 * tens of microseconds.
 *
 * Peers that hold everything are counted once for all pieces.
 */
import { Bitfield } from "./bitfield.ts";

/** Uniform in [0, 1). */
export type Rng = () => number;

/** From so many copies on it makes no difference. */
const MOST_LEVELS = 64;
/** Among so few candidates each gets the same chance; among more, a random place to start does. */
const FEW = 64;

export class Rarity {
  readonly #pieceCount: number;
  readonly #rng: Rng;
  /** Copies of each piece, of peers that don't hold everything. */
  readonly #copies: Uint16Array;
  /** Peers to which a piece was offered, which count as copies in a choice. */
  readonly #offers: Uint16Array;
  /** Pieces by number of copies, for `copiesOut`. */
  readonly #histogram: number[];
  readonly #open: Bitfield;
  readonly #levels: (Bitfield | undefined)[] = [];
  #fullPeerCount = 0;

  constructor(pieceCount: number, rng: Rng) {
    this.#pieceCount = pieceCount;
    this.#rng = rng;
    this.#copies = new Uint16Array(pieceCount);
    this.#offers = new Uint16Array(pieceCount);
    this.#histogram = [pieceCount];
    this.#open = new Bitfield(pieceCount);
  }

  /** How many pieces may be chosen. */
  get openCount(): number {
    return this.#open.count;
  }

  /** Copies among peers. */
  copiesOf(piece: number): number {
    return this.#fullPeerCount + (this.#copies[piece] ?? 0);
  }

  /**
   * Full copies among peers: how often everything is out there, and behind the point the share of
   * pieces that are out once more.
   */
  get copiesOut(): number {
    if (this.#pieceCount === 0) return this.#fullPeerCount;
    const least = this.#histogram.findIndex((count) => count > 0);
    return this.#fullPeerCount + least + 1 - (this.#histogram[least] ?? 0) / this.#pieceCount;
  }

  /** Whether a piece is held by nobody and offered to nobody. */
  get isAnyUntouched(): boolean {
    return this.#fullPeerCount === 0 && (this.#levels[0]?.count ?? 0) > 0;
  }

  addFullPeer(): void {
    this.#fullPeerCount++;
  }

  removeFullPeer(): void {
    this.#fullPeerCount--;
  }

  addCopy(piece: number): void {
    this.#count(piece, 1);
  }

  removeCopy(piece: number): void {
    this.#count(piece, -1);
  }

  #count(piece: number, change: number): void {
    const copies = this.#copies[piece] ?? 0;
    this.#histogram[copies] = (this.#histogram[copies] ?? 0) - 1;
    const level = this.#levelOf(piece);
    this.#copies[piece] = copies + change;
    this.#histogram[copies + change] = (this.#histogram[copies + change] ?? 0) + 1;
    this.#moved(piece, level);
  }

  /** The piece is promised to one peer more, or to one less. */
  offer(piece: number, change: 1 | -1): void {
    const level = this.#levelOf(piece);
    this.#offers[piece] = (this.#offers[piece] ?? 0) + change;
    this.#moved(piece, level);
  }

  #moved(piece: number, from: number): void {
    const to = this.#levelOf(piece);
    if (to === from || !this.#open.has(piece)) return;
    this.#levels[from]?.remove(piece);
    this.#level(to).add(piece);
  }

  #levelOf(piece: number): number {
    return Math.min(MOST_LEVELS - 1, (this.#copies[piece] ?? 0) + (this.#offers[piece] ?? 0));
  }

  #level(index: number): Bitfield {
    const level = this.#levels[index] ?? new Bitfield(this.#pieceCount);
    this.#levels[index] = level;
    return level;
  }

  isOpen(piece: number): boolean {
    return this.#open.has(piece);
  }

  /** Whether a piece may be chosen. */
  setOpen(piece: number, isOpen: boolean): void {
    if (isOpen ? !this.#open.add(piece) : !this.#open.remove(piece)) return;
    const level = this.#levelOf(piece);
    if (isOpen) this.#level(level).add(piece);
    else this.#levels[level]?.remove(piece);
  }

  /**
   * The rarest of the open pieces that somebody holds, or that it is missing; null if there is none.
   * Ties are broken at random, so that peers end up with different ones; with `from`, the first at or
   * after that piece, or else the first of all, is taken.
   */
  rarest(somebody: Bitfield, wish: "held" | "missing", from?: number): number | null {
    for (const level of this.#levels) {
      if (level === undefined || level.count === 0) continue;
      const piece =
        from === undefined
          ? this.#anyOf(level, somebody, wish)
          : this.#nextOf(level, somebody, wish, from);
      if (piece >= 0) return piece;
    }
    return null;
  }

  /** Any of the open pieces that somebody holds, at random; null if there is none. */
  any(somebody: Bitfield): number | null {
    const piece = this.#anyOf(this.#open, somebody, "held");
    return piece < 0 ? null : piece;
  }

  #nextOf(level: Bitfield, somebody: Bitfield, wish: "held" | "missing", from: number): number {
    const after = level.next(somebody, wish, from);
    return after >= 0 ? after : level.next(somebody, wish, 0);
  }

  #anyOf(level: Bitfield, somebody: Bitfield, wish: "held" | "missing"): number {
    if (level.count > FEW) {
      const start = Math.floor(this.#rng() * this.#pieceCount);
      return this.#nextOf(level, somebody, wish, start);
    }
    let chosen = -1;
    let ties = 0;
    for (let piece = level.next(somebody, wish, 0); piece >= 0;) {
      ties++;
      if (this.#rng() * ties < 1) chosen = piece; // Each of the ties is kept with the same chance.
      piece = piece + 1 < this.#pieceCount ? level.next(somebody, wish, piece + 1) : -1;
    }
    return chosen;
  }
}
