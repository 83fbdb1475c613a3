/** The links of one peer in the ring: who is next to it, and which way leads nearer to a position. */
import { Allowance } from "../engine/allowance.ts";
import type { LinkId, LinkPurpose, RingRecord } from "./io.ts";
import {
  ahead,
  apart,
  octaveOf,
  type Place,
  placeOf,
  type Position,
  type RingId,
  RING,
} from "./position.ts";

/** Questions and signals that one link may bring at once, and how soon one more. */
const BURST = 100;
const EVERY_MS = 50;
/** A link that is of no use to either end has had time to become of some; and where there are too many. */
const YOUNG_MS = 10_000;
const YOUNG_IF_FULL_MS = 300;
/** A link over which nothing was answered, or lies, isn't the first choice for so long. */
const SHUNNED_MS = 30_000;

export type Link = Place & {
  readonly id: LinkId;
  /**
   * Which of two links with one peer stays, the same at both ends: one that the lower id has called for
   * (2) before one that the higher has (1), before another carrier's (0); of equals the older.
   */
  readonly rank: number;
  readonly upAtMs: number;
  /** How far ahead it is, by doublings. */
  readonly octave: number;
  /** Of questions and signals. */
  readonly allowance: Allowance;
  /** Records that were handed over it. */
  handed: WeakSet<RingRecord> | null;
  /** This peer called for it as a finger. */
  isFinger: boolean;
  /** The other end did. */
  isTheirFinger: boolean;
  /** Whom the other end has next to itself, as it said last. */
  near: readonly Place[];
  /** This peer is one of them. */
  isNearThere: boolean;
  /** Peers in a row that it told of and that couldn't be reached. */
  misledCount: number;
  /** What went this way lately had no answer: not the first choice until then. */
  shunnedUntilMs: number;
};

/** Links kept on each side, where the configuration doesn't say fewer. */
export const NEAR_EACH_SIDE = 3;

export class Links {
  readonly nearEachSide: number;
  readonly #self: Position;
  readonly #byId = new Map<LinkId, Link>();
  readonly #byPeer = new Map<RingId, Link>();
  #near: readonly Link[] | null = null;
  /** How far the farthest of the nearest is, on each side, where all are there. */
  #reachAhead = RING;
  #reachBehind = RING;

  constructor(self: Place, nearEachSide: number) {
    this.#self = self.at;
    this.nearEachSide = nearEachSide;
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

  add(id: LinkId, peer: RingId, rank: number, nowMs: number): Link {
    const place = placeOf(peer);
    const link: Link = {
      id,
      rank,
      ...place,
      octave: octaveOf(ahead(this.#self, place.at)),
      upAtMs: nowMs,
      allowance: new Allowance(BURST, EVERY_MS),
      handed: null,
      isFinger: false,
      isTheirFinger: false,
      near: [],
      isNearThere: false,
      misledCount: 0,
      shunnedUntilMs: 0,
    };
    this.#byId.set(id, link);
    this.#byPeer.set(peer, link);
    this.#near = null;
    return link;
  }

  /** Others come first for a while. */
  shun(id: LinkId, nowMs: number): void {
    const link = this.#byId.get(id);
    if (link !== undefined) link.shunnedUntilMs = nowMs + SHUNNED_MS;
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
    const near = this.nearestOf([...this.#byId.values()]);
    this.#near = near;
    const [last, first] = [near[this.nearEachSide - 1], near.at(-this.nearEachSide)];
    this.#reachAhead = last === undefined ? RING : ahead(this.#self, last.at);
    this.#reachBehind = first === undefined ? RING : ahead(first.at, this.#self);
    return near;
  }

  /** Of all these the nearest ahead and behind, each once, in the order of the ring. */
  nearestOf<Item extends Place>(all: readonly Item[]): readonly Item[] {
    const side = this.nearEachSide;
    const ordered = all.toSorted(
      (one, other) => ahead(this.#self, one.at) - ahead(this.#self, other.at),
    );
    const isAll = ordered.length <= 2 * side;
    return isAll ? ordered : [...ordered.slice(0, side), ...ordered.slice(-side)];
  }

  /** Whether a peer that stands there would be one of the nearest, were there a link to it. */
  wouldBeNear(at: Position): boolean {
    const near = this.near();
    if (near.length < 2 * this.nearEachSide) return true;
    return ahead(this.#self, at) < this.#reachAhead || ahead(at, this.#self) < this.#reachBehind;
  }

  /** The first of `toward` that isn't `but`; null where none leads nearer. */
  next(target: Position, except: RingId | null, but: LinkId | null, nowMs: number): Link | null {
    let [best, distance, isShunned] = [null as Link | null, apart(this.#self, target), true];
    const mine = distance;
    for (const link of this.#byId.values()) {
      if (link.id === but || link.peer === except || !this.#leads(link)) continue;
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
  toward(target: Position, nowMs: number): readonly Link[] {
    const mine = apart(this.#self, target);
    const isShunned = (link: Link): number => (link.shunnedUntilMs > nowMs ? 1 : 0);
    return [...this.#byId.values()]
      .filter((link) => apart(link.at, target) < mine && this.#leads(link))
      .toSorted(
        (one, other) =>
          isShunned(one) - isShunned(other) || apart(one.at, target) - apart(other.at, target),
      );
  }

  /**
   * Whether questions go to it: to those next to this peer, and to fingers. Others may not have found their
   * own place yet, and would take what comes for their own.
   */
  #leads(link: Link): boolean {
    return link.isFinger || link.isTheirFinger || this.near().includes(link);
  }

  /** Whether this peer has found its place: it is next to those who are next to it. */
  isPlaced(): boolean {
    return this.near().every(({ isNearThere }) => isNearThere);
  }

  /** How many peers there are in the ring, as the gaps between the nearest let one guess; at least 1. */
  estimatedPeers(): number {
    const near = this.near();
    if (near.length < 2 * this.nearEachSide) return near.length + 1;
    const span = this.#reachAhead + this.#reachBehind;
    return span === 0 ? near.length + 1 : Math.max(near.length + 1, (near.length * RING) / span);
  }

  /** How many there may be, so that no peer is worn out by all for which it is a good finger. */
  most(purpose: LinkPurpose): number {
    const most = Math.floor(2 * Math.log2(this.estimatedPeers()));
    return most + (purpose === "near" ? 4 : 2);
  }

  /** Those that neither end has a use for, and others' youngest fingers where there are too many. */
  useless(nowMs: number): readonly Link[] {
    const near = this.near();
    const isFull = this.size > this.most("near");
    const bornMs = nowMs - (isFull ? YOUNG_IF_FULL_MS : YOUNG_MS);
    const useless: Link[] = [];
    let theirFinger: Link | null = null;
    for (const link of this.#byId.values()) {
      if (link.isFinger || link.isNearThere || near.includes(link)) continue;
      if (link.isTheirFinger) theirFinger = link;
      else if (link.upAtMs <= bornMs) useless.push(link);
    }
    if (isFull && useless.length === 0 && theirFinger !== null) return [theirFinger];
    return useless;
  }
}
