/**
 * Super-seeding: while something is out nowhere else, who has everything suggests to each peer other
 * pieces, those first that nobody has or was offered. So one full copy is out after about one file
 * size of upload, and what one peer got it passes on.
 *
 * A suggestion is no promise and no order: a peer that wants something else asks for that.
 */
import type { Core } from "./core.ts";
import type { ConnectionId } from "./io.ts";
import type { Peer } from "./peer.ts";
import type { Rarity } from "./rarity.ts";

/** Suggestions that wait at a peer, at least: what it asks for next is never left to chance. */
const LEAST_AHEAD = 2;
const LEAST_AHEAD_BYTES = 512 * 1024;
const MOST_AHEAD = 64;
/** What was suggested for so long and not asked for, or asked for and didn't arrive, goes to others. */
const WAITING_MS = 1_500;
const OFFER_MS = 20_000;
const EXPIRY_INTERVAL_MS = 500;
/** After this a piece that only one peer got should have been seen elsewhere: a guess. */
const PASS_ON_MS = 10_000;
/** Pieces by which a peer is judged. */
const JUDGED_COUNT = 8;

type Offer = { readonly sinceMs: number; state: "waiting" | "requested" | "served" };

/** A piece that a peer got first. */
type First = { readonly piece: number; readonly sinceMs: number };

type Record = { readonly offers: Map<number, Offer>; readonly firsts: First[] };

export class Suggester {
  readonly #core: Core;
  readonly #records = new Map<ConnectionId, Record>();
  #rarity: Rarity | null = null;
  #expiredAtMs = 0;
  /** Where suggestions go on. */
  #next = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Everything is held here from now on. */
  begin(rarity: Rarity): void {
    this.#rarity = rarity;
    const size = this.#core.content?.had.size ?? 0;
    for (let piece = 0; piece < size; piece++) rarity.setOpen(piece, true);
  }

  /** Something that was held is no longer. */
  stop(): void {
    for (const connection of this.#records.keys()) this.dropped(connection);
    this.#rarity = null;
  }

  /** Something is held by nobody else and was offered to nobody. */
  get isNeeded(): boolean {
    return this.#rarity?.isAnyUntouched ?? false;
  }

  /** Keeps enough suggestions ahead of what an unchoked peer asks for. */
  suggest(peer: Peer): void {
    if (this.#core.nowMs - this.#expiredAtMs >= EXPIRY_INTERVAL_MS) this.#expire();
    if (!this.isNeeded || this.#rarity === null || peer.has === null || peer.amChoking) return;
    const record = this.#records.get(peer.connection) ?? { offers: new Map(), firsts: [] };
    this.#records.set(peer.connection, record);
    let waiting = 0;
    for (const { state } of record.offers.values()) if (state === "waiting") waiting++;
    const underWay = record.offers.size - waiting;
    const pieceBytes = this.#core.content?.manifest.layout.pieceBytes ?? Infinity;
    const least = Math.max(LEAST_AHEAD, Math.ceil(LEAST_AHEAD_BYTES / pieceBytes));
    const wanted = Math.min(MOST_AHEAD, Math.max(least, underWay));
    const pieces: number[] = [];
    while (waiting + pieces.length < wanted && this.isNeeded) {
      // In order, since offers keep peers apart, and disks are read that way several times faster.
      const piece = this.#rarity.rarest(peer.has, "missing", this.#next);
      if (piece === null || record.offers.has(piece)) break;
      this.#next = piece + 1 < peer.has.size ? piece + 1 : 0;
      record.offers.set(piece, { sinceMs: this.#core.nowMs, state: "waiting" });
      this.#rarity.offer(piece, 1);
      pieces.push(piece);
    }
    if (pieces.length > 0) this.#core.send(peer, { type: "suggest", pieces });
  }

  /** The peer asked for a block of a piece. */
  requested(peer: Peer, piece: number): void {
    const offer = this.#records.get(peer.connection)?.offers.get(piece);
    if (offer?.state === "waiting") offer.state = "requested";
    this.suggest(peer);
  }

  /** Its first block went out: the peer will have it, whatever comes. */
  served(peer: Peer, piece: number): void {
    const offer = this.#records.get(peer.connection)?.offers.get(piece);
    if (offer !== undefined) offer.state = "served";
  }

  /** The peer has a piece, which counts as a copy already. */
  has(peer: Peer, piece: number): void {
    const record = this.#records.get(peer.connection);
    if (record === undefined || !record.offers.delete(piece)) return;
    this.#rarity?.offer(piece, -1);
    record.firsts.push({ piece, sinceMs: this.#core.nowMs });
    if (record.firsts.length > JUDGED_COUNT) record.firsts.shift();
    this.suggest(peer);
  }

  /** Of what only this peer got nothing has been seen anywhere else, though there was time. */
  isDeadEnd(peer: Peer): boolean {
    if (!this.isNeeded) return false;
    const firsts = this.#records.get(peer.connection)?.firsts ?? [];
    const judged = firsts.filter(({ sinceMs }) => sinceMs + PASS_ON_MS <= this.#core.nowMs);
    return (
      judged.length >= JUDGED_COUNT / 4 &&
      judged.every(({ piece }) => (this.#rarity?.copiesOf(piece) ?? 0) <= 1)
    );
  }

  /** The peer is choked: what it was offered and isn't on its way may go to others. */
  choked(peer: Peer): void {
    const offers = this.#offersOf(peer.connection);
    for (const [piece, { state }] of offers) if (state !== "served") this.#withdraw(offers, piece);
  }

  /** The connection ended. */
  dropped(connection: ConnectionId): void {
    const offers = this.#offersOf(connection);
    for (const piece of offers.keys()) this.#withdraw(offers, piece);
    this.#records.delete(connection);
  }

  #offersOf(connection: ConnectionId): Map<number, Offer> {
    return this.#records.get(connection)?.offers ?? new Map<number, Offer>();
  }

  #withdraw(offers: Map<number, Offer>, piece: number): void {
    offers.delete(piece);
    this.#rarity?.offer(piece, -1);
  }

  /** Takes back what nobody came for. */
  #expire(): void {
    const { nowMs } = this.#core;
    this.#expiredAtMs = nowMs;
    for (const { offers } of this.#records.values()) {
      for (const [piece, { sinceMs, state }] of offers) {
        const mostMs = state === "waiting" ? WAITING_MS : OFFER_MS;
        if (sinceMs + mostMs <= nowMs) this.#withdraw(offers, piece);
      }
    }
  }
}
