/**
 * Peer exchange: neighbours tell each other who else they are connected to, so that a swarm stays one
 * well-connected mesh when no tracker answers.
 *
 * Each peer introduces itself once to every neighbour, which passes that on to others; one that hides
 * its address says that it isn't to be passed on. A neighbour is told of a random few at a time, and
 * of those among them that have gone: so what is told grows with the swarm, not with its square.
 */
import { type Bytes, concat, sameBytes } from "../bytes.ts";
import { ID_BYTES, idBytes, type PeerId, peerIdFrom } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { INTRODUCTION_BYTES, type Message } from "../wire/frame.ts";
import { Allowance } from "./allowance.ts";
import type { Core } from "./core.ts";
import type { Hearsay } from "./hearsay.ts";
import type { ConnectionId, Input } from "./io.ts";
import type { Peer } from "./peer.ts";

/** News is gathered for so long: whoever comes to a swarm meets many at once. */
const GATHER_MS = 1_000;
/**
 * Of two that hear of each other the one with the lower id dials at once, the other after this, if
 * nothing came: two dials at once cost both ends a connection.
 */
const HESITATE_MS = 5_000;
/** Whoever couldn't be reached is tried again while neighbours say that they are connected to it. */
const MEET_AGAIN_MS = 60_000;
/**
 * How many new introductions a neighbour may bring, each a signature to be checked: all that it may
 * have told at once some times over, then one a second. Both a guess.
 */
const BURST = 200;
const EVERY_MS = 1_000;
/** What a neighbour says while something that it said before is being checked. */
const MOST_WAITING = 16;

type Saying = Extract<Message, { type: "introduction" | "peers" | "gone" }>;

type Neighbour = {
  readonly peer: Peer;
  /** Checked; null until it is, and of a peer that isn't to be passed on. */
  introduction: Bytes | null;
  /** Whom it was told of. */
  readonly told: Set<PeerId>;
  /** Those among them that are gone, of which it is to be told. */
  readonly gone: Set<PeerId>;
  readonly allowance: Allowance;
  isChecking: boolean;
  readonly waiting: Saying[];
};

export class PeerExchange {
  readonly #core: Core;
  readonly #hearsay: Hearsay;
  readonly #neighbours = new Map<ConnectionId, Neighbour>();
  #isHidden = false;
  #tellAtMs = Infinity;
  #meetAtMs = Infinity;

  constructor(core: Core, hearsay: Hearsay) {
    this.#core = core;
    this.#hearsay = hearsay;
  }

  /** The person hides their address, or no longer: nobody is told of this peer then. */
  hide(isHidden: boolean): void {
    if (isHidden === this.#isHidden) return;
    this.#isHidden = isHidden;
    for (const { peer } of this.#neighbours.values()) this.#introduce(peer);
  }

  /** It has proved itself: it is told who this peer is, and soon who else is here. */
  greeted(peer: Peer): void {
    this.#neighbours.set(peer.connection, {
      peer,
      introduction: null,
      told: new Set(),
      gone: new Set(),
      allowance: new Allowance(BURST, EVERY_MS),
      isChecking: false,
      waiting: [],
    });
    this.#hearsay.proven(peer.id);
    this.#hearsay.begin(peer.connection);
    this.#introduce(peer);
    this.#newsSoon();
  }

  dropped({ connection, id }: Peer): void {
    if (!this.#neighbours.delete(connection)) return;
    this.#hearsay.end(connection);
    this.#forgetTold(id);
  }

  /** What a neighbour says is taken in its order, also where some of it has to be checked. */
  heard({ connection }: Peer, saying: Saying): void {
    const neighbour = this.#neighbours.get(connection);
    if (neighbour === undefined) return;
    if (!neighbour.isChecking) return this.#take(neighbour, saying);
    if (neighbour.waiting.length < MOST_WAITING) neighbour.waiting.push(saying);
  }

  /** Their signatures were compared. */
  checked(input: Extract<Input, { type: "introductions-checked" }>): void {
    const { connection, introductions, acquaintances } = input;
    const neighbour = this.#neighbours.get(connection);
    if (neighbour === undefined) return; // Nobody is left who says so.
    if (acquaintances === null) return this.#core.drop(neighbour.peer, "badData");
    neighbour.isChecking = false;
    for (const [index, acquaintance] of acquaintances.entries()) {
      const introduction = introductions[index];
      if (introduction === undefined) continue;
      if (acquaintance.peer === neighbour.peer.id) {
        neighbour.introduction = introduction;
        this.#newsSoon();
      } else if (acquaintance.peer !== this.#core.config.self) {
        if (this.#hearsay.add(introduction, acquaintance, connection))
          this.#meet(acquaintance.peer);
      }
    }
    while (!neighbour.isChecking) {
      const next = neighbour.waiting.shift();
      if (next === undefined) return;
      this.#take(neighbour, next);
    }
  }

  wake(): void {
    const { nowMs } = this.#core;
    if (this.#tellAtMs <= nowMs) {
      this.#tellAtMs = Infinity;
      for (const neighbour of this.#neighbours.values()) this.#tell(neighbour);
    }
    if (this.#meetAtMs <= nowMs) {
      this.#meetAtMs = Infinity;
      for (const peer of this.#hearsay.peers()) this.#meet(peer);
    }
  }

  nextWakeMs(): number {
    return Math.min(this.#tellAtMs, this.#meetAtMs);
  }

  #take(neighbour: Neighbour, saying: Saying): void {
    const { peer } = neighbour;
    switch (saying.type) {
      case "introduction":
        neighbour.introduction = null;
        this.#forgetTold(peer.id);
        if (saying.isHidden || peer.peerKey === null) return;
        return this.#check(neighbour, [concat(peer.peerKey, saying.agreement)]);
      case "peers":
        return this.#check(neighbour, this.#unknown(neighbour, saying.introductions));
      case "gone":
        for (const id of parts(saying.ids, ID_BYTES)) {
          this.#hearsay.withdraw(peerIdFrom(id), peer.connection);
        }
        return this.#newsSoon(); // It may want to hear of them from here.
    }
  }

  /** Notes those that are known already, and returns those that are to be checked. */
  #unknown({ peer: { connection } }: Neighbour, introductions: Bytes): Bytes[] {
    const unknown: Bytes[] = [];
    for (const introduction of parts(introductions, INTRODUCTION_BYTES)) {
      if (unknown.length >= this.#hearsay.roomOf(connection)) break;
      const id = this.#hearsay.idOf(introduction);
      if (id !== null) this.#hearsay.addSource(id, connection);
      else if (!sameBytes(introduction.subarray(0, 32), this.#core.config.peerKey)) {
        unknown.push(introduction);
      }
    }
    return unknown;
  }

  #check(neighbour: Neighbour, all: readonly Bytes[]): void {
    const introductions = all.filter(() => neighbour.allowance.take(this.#core.nowMs));
    if (introductions.length === 0) return;
    neighbour.isChecking = true;
    const { connection } = neighbour.peer;
    this.#core.emit({ type: "check-introductions", connection, introductions });
  }

  #meet(peer: PeerId): void {
    const core = this.#core;
    this.#meetAtMs = Math.min(this.#meetAtMs, core.nowMs + MEET_AGAIN_MS);
    core.wakeBy(this.#meetAtMs);
    if (core.connectionTo(peer) !== null) return;
    const hesitateMs = core.config.self < peer ? 0 : HESITATE_MS;
    core.acquaintances.heardOf(peer, core.nowMs + hesitateMs);
  }

  #introduce(peer: Peer): void {
    const { agreement } = this.#core.config;
    if (!agreement) return;
    this.#core.send(peer, { type: "introduction", isHidden: this.#isHidden, agreement });
  }

  /** Somebody may have to be told of somebody. */
  #newsSoon(): void {
    for (const { introduction } of this.#neighbours.values()) {
      if (introduction !== null && this.#neighbours.size > 1) return this.#tellSoon();
    }
  }

  #tellSoon(): void {
    this.#tellAtMs = Math.min(this.#tellAtMs, this.#core.nowMs + GATHER_MS);
    this.#core.wakeBy(this.#tellAtMs);
  }

  /** Whoever was told of it is told that it is gone. */
  #forgetTold(id: PeerId): void {
    for (const neighbour of this.#neighbours.values()) {
      if (!neighbour.told.delete(id)) continue;
      neighbour.gone.add(id);
      this.#tellSoon();
    }
  }

  #tell(neighbour: Neighbour): void {
    const { peer, told, gone } = neighbour;
    if (gone.size > 0) {
      const those = [...gone].slice(0, LIMITS.peersPerMessage);
      this.#core.send(peer, { type: "gone", ids: concat(...those.map(idBytes)) });
      for (const id of those) gone.delete(id);
      if (gone.size > 0) return this.#tellSoon();
    }
    const news = this.#newsFor(neighbour);
    if (news.length === 0) return;
    for (const { id } of news) told.add(id);
    const introductions = concat(...news.map(({ introduction }) => introduction));
    this.#core.send(peer, { type: "peers", introductions });
  }

  /** A random few that it doesn't know of as far as it said or was told. */
  #newsFor({ peer, told }: Neighbour): { readonly id: PeerId; readonly introduction: Bytes }[] {
    const room = Math.min(LIMITS.toldPeers - told.size, LIMITS.peersPerMessage);
    if (room <= 0) return [];
    const news: { id: PeerId; introduction: Bytes }[] = [];
    for (const { peer: other, introduction } of this.#neighbours.values()) {
      const { id } = other;
      if (introduction === null || id === peer.id || told.has(id)) continue;
      if (!this.#hearsay.says(peer.connection, id)) news.push({ id, introduction });
    }
    // Fisher and Yates, as far as needed.
    for (let index = 0; index < Math.min(room, news.length); index++) {
      const other = index + Math.floor(this.#core.rng() * (news.length - index));
      const [one, two] = [news[index], news[other]];
      if (one !== undefined && two !== undefined) [news[index], news[other]] = [two, one];
    }
    return news.slice(0, room);
  }
}

/** Bytes in parts of one size each. */
function* parts(bytes: Bytes, partBytes: number): Iterable<Bytes> {
  for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes);
}
