/** The links of one peer in the ring: who is next to it, and which way leads nearer to a position. */
import { ahead, apart, type Position, positionOf, type RingId, RING } from "./position.ts";
import type { LinkId } from "./io.ts";

/** A peer, and where it stands. */
export type Place = { readonly peer: RingId; readonly at: Position };

export const placeOf = (peer: RingId): Place => ({ peer, at: positionOf(peer) });

export type Link = Place & {
  readonly id: LinkId;
  /**
   * Which of two links with one peer stays, the same at both ends: one that the lower id has called for
   * (2) before one that the higher has (1), before another carrier's (0); of equals the older.
   */
  readonly rank: number;
  /** The octave of distances that this peer keeps it for; null: none. */
  octave: number | null;
  /** The other end keeps it as a finger of its own. */
  isTheirFinger: boolean;
  /** Whom the other end has next to itself, as it said last. */
  near: readonly Place[];
  /** What went this way lately had no answer: not the first choice until then. */
  shunnedUntilMs: number;
};

/** Links kept on each side, where the configuration doesn't say fewer. */
export const NEAR_EACH_SIDE = 3;

export class Links {
  readonly #self: Position;
  readonly #nearEachSide: number;
  readonly #byId = new Map<LinkId, Link>();
  readonly #byPeer = new Map<RingId, Link>();
  #near: readonly Link[] | null = null;

  constructor(self: RingId, nearEachSide: number) {
    this.#self = positionOf(self);
    this.#nearEachSide = nearEachSide;
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): IterableIterator<Link> {
    return this.#byId.values();
  }

  get(link: LinkId): Link | undefined {
    return this.#byId.get(link);
  }

  to(peer: RingId): Link | undefined {
    return this.#byPeer.get(peer);
  }

  add(id: LinkId, peer: RingId, rank: number): Link {
    const link: Link = {
      id,
      rank,
      ...placeOf(peer),
      octave: null,
      isTheirFinger: false,
      near: [],
      shunnedUntilMs: 0,
    };
    this.#byId.set(id, link);
    this.#byPeer.set(peer, link);
    this.#near = null;
    return link;
  }

  remove(id: LinkId): Link | undefined {
    const link = this.#byId.get(id);
    if (link === undefined) return undefined;
    this.#byId.delete(id);
    if (this.#byPeer.get(link.peer) === link) this.#byPeer.delete(link.peer);
    this.#near = null;
    return link;
  }

  /** The nearest ahead and behind, each once. */
  near(): readonly Link[] {
    if (this.#near !== null) return this.#near;
    const ordered = [...this.#byId.values()].toSorted(
      (one, other) => ahead(this.#self, one.at) - ahead(this.#self, other.at),
    );
    const side = this.#nearEachSide;
    const isAll = ordered.length <= 2 * side;
    this.#near = isAll ? ordered : [...ordered.slice(0, side), ...ordered.slice(-side)];
    return this.#near;
  }

  /** Whether a peer that stands there would be one of the nearest, were there a link to it. */
  wouldBeNear(at: Position): boolean {
    const near = this.near();
    if (near.length < 2 * this.#nearEachSide) return true;
    const last = near[this.#nearEachSide - 1];
    const first = near[this.#nearEachSide];
    if (last === undefined || first === undefined) return true;
    const isAhead = ahead(this.#self, at) < ahead(this.#self, last.at);
    return isAhead || ahead(at, this.#self) < ahead(first.at, this.#self);
  }

  /** The first of `toward` that isn't `but`; null where none leads nearer. */
  next(target: Position, except: RingId | null, but: LinkId | null, nowMs: number): Link | null {
    let [best, distance, isShunned] = [null as Link | null, apart(this.#self, target), true];
    const mine = distance;
    for (const link of this.#byId.values()) {
      if (link.id === but || link.peer === except) continue;
      const far = apart(link.at, target);
      const shunned = link.shunnedUntilMs > nowMs;
      const isBetter = shunned === isShunned ? far < distance : !shunned && far < mine;
      if (!isBetter) continue;
      [best, distance, isShunned] = [link, far, shunned];
    }
    return best;
  }

  /**
   * The links that lead nearer to a position than this peer is, the nearest first; those that are
   * shunned come last.
   */
  toward(target: Position, except: RingId | null, nowMs: number): readonly Link[] {
    const mine = apart(this.#self, target);
    const isShunned = (link: Link): number => (link.shunnedUntilMs > nowMs ? 1 : 0);
    return [...this.#byId.values()]
      .filter(({ at, peer }) => peer !== except && apart(at, target) < mine)
      .toSorted(
        (one, other) =>
          isShunned(one) - isShunned(other) || apart(one.at, target) - apart(other.at, target),
      );
  }

  /** How many peers there are in the ring, as the gaps between the nearest let one guess; at least 1. */
  estimatedPeers(): number {
    const near = this.near();
    if (near.length < 2 * this.#nearEachSide) return near.length + 1;
    const first = near[this.#nearEachSide - 1];
    const last = near[this.#nearEachSide];
    if (first === undefined || last === undefined) return 1;
    const span = ahead(this.#self, first.at) + ahead(last.at, this.#self);
    return span === 0 ? near.length + 1 : Math.max(near.length + 1, (near.length * RING) / span);
  }
}
