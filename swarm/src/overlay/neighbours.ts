/**
 * Who is next on the ring. A peer keeps links to the nearest few on both sides of all that it knows: those
 * it is linked with, those whom the nearest have next to themselves, and those whom a question for its own
 * place found. It tells the nearest who they are whenever that changes.
 */
import { noteLatest } from "../latest.ts";
import type { Calls } from "./calls.ts";
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";
import type { LinkId } from "./io.ts";
import { type Link, NEAR_EACH_SIDE } from "./links.ts";
import { apart, type Place, placeOf, type Position, type RingId } from "./position.ts";

/** What a new neighbourhood settles by before it is told. */
const TELL_MS = 300;
/**
 * How often a peer looks for itself from afar, which finds a ring that has come apart: soon after it came
 * or found somebody nearer, and then each time half as often.
 */
const SELF_LEAST_MS = 2_000;
const SELF_MOST_MS = 60_000;
/** A newcomer calls nobody until it knows its place, or this has passed. */
const PLACE_MS = 4_000;
/** Who was found lately: two answers. */
export const MOST_HEARD = 4 * NEAR_EACH_SIDE + 2;
/** Who is told of in one answer: a peer, and those next to it. */
const MOST_NEAREST = 2 * NEAR_EACH_SIDE + 1;

/** Somebody there is no link to, and the link by which it is known. */
type Tip = Place & { readonly via: LinkId };

export class Neighbours {
  readonly #core: Core;
  readonly #circuits: Circuits;
  readonly #calls: Calls;
  /** Who was found by questions for this peer's own place; the latest last. */
  readonly #heard = new Map<RingId, Tip>();
  /** Those who were told who is next, and what. */
  #told: readonly Link[] = [];
  #toldIds = "";
  #seen: readonly Link[] = [];
  #tellAtMs = Infinity;
  #selfAtMs = 0;
  #selfEveryMs = SELF_LEAST_MS;
  /** By then this peer's own place has been found. */
  #placedAtMs = 0;
  /** Something is known that hasn't been looked at. */
  #isChanged = false;
  /** Somebody is to be called who couldn't be yet. */
  #isWaiting = false;

  constructor(core: Core, circuits: Circuits, calls: Calls) {
    this.#core = core;
    this.#circuits = circuits;
    this.#calls = calls;
  }

  /** When `tell` has to be called. */
  get tellAtMs(): number {
    return this.#tellAtMs;
  }

  get heardCount(): number {
    return this.#heard.size;
  }

  /** Ids of those next to it, ahead first. */
  ids(): readonly RingId[] {
    return this.#core.links.near().map(({ peer }) => peer);
  }

  /** The nearest to a position of this peer and those next to it, the nearest first. */
  nearestTo(target: number, except: RingId | null): readonly RingId[] {
    const { self, links } = this.#core;
    return [self, ...links.near()]
      .filter(({ peer }) => peer !== except)
      .toSorted((one, other) => apart(one.at, target) - apart(other.at, target))
      .map(({ peer }) => peer);
  }

  /** `isContact`: it came by another carrier, and may lead to a ring that isn't known here. */
  linkUp(link: Link, isContact: boolean): void {
    this.#heard.delete(link.peer);
    this.#isChanged ||= this.#isWaiting; // There is room for another call.
    this.#core.send(link.id, { type: "near", ids: this.ids() });
    if (!isContact) return;
    this.#placedAtMs = this.#core.nowMs + PLACE_MS;
    this.#lookOften();
    this.#lookForSelf(link);
  }

  linkDown(): void {
    this.#isChanged = true;
  }

  /** Who the other end has next to itself. */
  toldBy(link: Link, ids: readonly RingId[]): void {
    link.near = ids.slice(0, 2 * NEAR_EACH_SIDE).map(placeOf);
    link.isNearThere = ids.includes(this.#core.self.peer);
    this.#isChanged ||= link.near.some(({ peer, at }) => this.#isTip(peer, at));
  }

  /** A call came to nothing: a tip of this link's wasn't good. */
  callFailed(peer: RingId, via: LinkId | null): void {
    this.#heard.delete(peer);
    const link = via === null ? undefined : this.#core.links.get(via);
    if (link !== undefined) link.misledCount += 1;
    this.#isChanged = true;
  }

  /** After whatever happened: calls who is nearer than those linked, and sees to it that it is told. */
  settle(): void {
    const near = this.#core.links.near();
    if (near !== this.#seen) {
      this.#seen = near;
      const isNews = this.ids().join() !== this.#toldIds;
      if (isNews) this.#tellAtMs = Math.min(this.#tellAtMs, this.#core.nowMs + TELL_MS);
    }
    if (this.#isChanged) this.#callNearer();
  }

  /** Tells the nearest, those who count this peer among theirs, and those who were told before. */
  tell(): void {
    this.#tellAtMs = Infinity;
    const { links } = this.#core;
    const ids = this.ids();
    this.#toldIds = ids.join();
    const near = links.near();
    const those = new Set([...near, ...this.#told]);
    for (const link of links.all()) {
      if (link.isNearThere || those.has(link)) this.#core.send(link.id, { type: "near", ids });
    }
    this.#told = near;
  }

  /** Every few seconds. */
  tend(): void {
    if (this.#isWaiting) this.#callNearer();
    if (this.#core.nowMs < this.#selfAtMs) return;
    this.#selfAtMs = this.#core.dueIn(this.#selfEveryMs);
    this.#selfEveryMs = Math.min(SELF_MOST_MS, 2 * this.#selfEveryMs);
    const link = this.#core.any([...this.#core.links.all()]);
    if (link !== undefined) this.#lookForSelf(link);
  }

  #lookForSelf({ id: via }: Link): void {
    const { self } = this.#core;
    const question = { type: "find", except: self.peer } as const;
    this.#circuits.ask(self.at, question, via, (answer) => {
      if (answer.type !== "nearest") return;
      const isNews = answer.ids.slice(0, MOST_NEAREST).filter((peer) => this.#hear(peer, via));
      if (isNews.length > 0) this.#lookOften();
      this.#placedAtMs = 0;
      this.#isChanged = true;
    });
  }

  #lookOften(): void {
    this.#selfEveryMs = SELF_LEAST_MS;
    this.#selfAtMs = Math.min(this.#selfAtMs, this.#core.dueIn(SELF_LEAST_MS));
  }

  /** True for one that is nearer than those linked. */
  #hear(peer: RingId, via: LinkId): boolean {
    const tip = { ...placeOf(peer), via };
    noteLatest(this.#heard, peer, tip, MOST_HEARD);
    return this.#isTip(peer, tip.at);
  }

  #isTip(peer: RingId, at: Position): boolean {
    const { self, links } = this.#core;
    return links.wouldBeNear(at) && peer !== self.peer && links.to(peer) === undefined;
  }

  /** All who are known, not linked, and nearer than those linked. */
  #tips(): Tip[] {
    const { links } = this.#core;
    const tips = new Map<RingId, Tip>();
    const note = (peer: RingId, at: Position, via: LinkId): void => {
      if (this.#isTip(peer, at)) tips.set(peer, { peer, at, via });
    };
    for (const { peer, at, via } of this.#heard.values()) note(peer, at, via);
    for (const { id, near } of links.near()) for (const { peer, at } of near) note(peer, at, id);
    return [...tips.values()];
  }

  /** Calls whoever is among the nearest of all that are known, the very nearest first. */
  #callNearer(): void {
    const { self, links, nowMs } = this.#core;
    this.#isChanged = false;
    this.#isWaiting = nowMs < this.#placedAtMs && links.size < 2 * links.nearEachSide;
    if (this.#isWaiting) return;
    const tips = this.#tips();
    this.#isWaiting = tips.length > 0;
    if (tips.length === 0) return;
    const reachable = tips.filter(({ peer }) => !this.#calls.isUnreached(peer));
    const nearest = new Set<Place>(links.nearestOf([...links.near(), ...reachable]));
    const wanted = reachable.filter((tip) => nearest.has(tip));
    wanted.sort((one, other) => apart(self.at, one.at) - apart(self.at, other.at));
    for (const { peer, via } of wanted) this.#calls.call(peer, "near", via);
  }
}
