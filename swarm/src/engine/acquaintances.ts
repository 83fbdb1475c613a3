/**
 * Peers that are known by name: whom to dial next, who is being dialled, who is banned. Failed
 * dials are tried again after ever longer times.
 */
import type { PeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";

/** `isHearsay`: neighbours alone named it. */
type Acquaintance = { failures: number; isHearsay: boolean } & (
  | { state: "known"; dialAtMs: number }
  | { state: "dialling"; untilMs: number }
  | { state: "connected" }
);

/** A dial that shows nothing for so long has failed: ICE gives up on its own after about 15 s. */
const DIAL_TIMEOUT_MS = 20_000;
const FIRST_RETRY_MS = 2_000;
const MOST_FAILURES = 5;
/** Dials under way at once: each costs a browser a connection's set-up. */
const MOST_DIALS = 8;
/** Of these, to peers that neighbours alone named: they may have made them up. */
const MOST_HEARSAY_DIALS = 4;

export class Acquaintances {
  readonly #peers = new Map<PeerId, Acquaintance>();
  readonly #banned = new Set<PeerId>();
  /** What `nextWakeMs` said, until something changes. */
  #nextMs: number | null = null;

  #set(peer: PeerId, known: Acquaintance | null): void {
    this.#nextMs = null;
    if (known === null) this.#peers.delete(peer);
    else this.#peers.set(peer, known);
  }

  /** A tracker named it: new ones are dialled soon. Past the bound they are ignored. */
  met(peer: PeerId, nowMs: number): void {
    if (this.#banned.has(peer)) return;
    const known = this.#peers.get(peer);
    if (known?.isHearsay === true) {
      const isWaiting = known.state === "known" && known.failures === 0;
      this.#set(peer, { ...known, isHearsay: false, ...(isWaiting && { dialAtMs: nowMs }) });
    } else if (known === undefined && (this.#hasRoom || this.#forgetHearsay())) {
      this.#set(peer, { state: "known", failures: 0, isHearsay: false, dialAtMs: nowMs });
    }
  }

  /** A neighbour named it: it is dialled then, after whom a tracker names. Past the bound ignored. */
  heardOf(peer: PeerId, dialAtMs: number): void {
    if (this.#banned.has(peer) || this.#peers.has(peer) || !this.#hasRoom) return;
    this.#set(peer, { state: "known", failures: 0, isHearsay: true, dialAtMs });
  }

  connected(peer: PeerId): void {
    const failures = this.#peers.get(peer)?.failures ?? 0;
    this.#set(peer, { state: "connected", failures, isHearsay: false });
  }

  /** It proved to be what it says: failures before don't count. */
  proven(peer: PeerId): void {
    this.#set(peer, { state: "connected", failures: 0, isHearsay: false });
  }

  /** The connection ended, or a dial failed: tried again later, a few times. */
  lost(peer: PeerId, nowMs: number): void {
    const known = this.#peers.get(peer);
    if (known === undefined || known.state === "known") return;
    const failures = known.failures + 1;
    const isOneTooMany = this.#peers.size > LIMITS.knownPeers;
    if (failures > MOST_FAILURES || isOneTooMany) this.#set(peer, null);
    else {
      const dialAtMs = nowMs + FIRST_RETRY_MS * 2 ** (failures - 1);
      this.#set(peer, { state: "known", failures, isHearsay: known.isHearsay, dialAtMs });
    }
  }

  /** It said goodbye: no use dialling it again unless a tracker names it anew. */
  left(peer: PeerId): void {
    this.#set(peer, null);
  }

  /** It cheated: never again in this session. */
  ban(peer: PeerId): void {
    this.#set(peer, null);
    if (this.#banned.size < LIMITS.knownPeers) this.#banned.add(peer);
  }

  isBanned(peer: PeerId): boolean {
    return this.#banned.has(peer);
  }

  /** Whether a peer is dialled for the first time: one that failed before gives little hope. */
  get isHopeful(): boolean {
    for (const known of this.#peers.values()) {
      if (known.state === "dialling" && known.failures === 0) return true;
    }
    return false;
  }

  /** Whether there is somebody to dial whom nothing is known against. */
  get isAnyFresh(): boolean {
    for (const known of this.#peers.values()) {
      if (known.state === "known" && known.failures === 0) return true;
    }
    return false;
  }

  /**
   * Peers to dial now, marked as dialling: in the order in which they were named, which is a
   * tracker's nearest first, up to `LIMITS.dialledPeers`; what comes in may go past that.
   */
  toDial(nowMs: number): PeerId[] {
    if (this.nextWakeMs() > nowMs) return [];
    const chosen: PeerId[] = [];
    for (const isHearsay of [false, true]) {
      let room = this.#roomToDial(isHearsay);
      for (const [peer, known] of this.#peers) {
        if (room <= 0) break;
        if (known.state !== "known" || known.dialAtMs > nowMs) continue;
        if (known.isHearsay !== isHearsay) continue;
        const { failures } = known;
        const untilMs = nowMs + DIAL_TIMEOUT_MS;
        this.#set(peer, { state: "dialling", failures, isHearsay, untilMs });
        chosen.push(peer);
        room--;
      }
    }
    return chosen;
  }

  /** Dials that took too long; they count as lost from here on. */
  expired(nowMs: number): PeerId[] {
    if (this.nextWakeMs() > nowMs) return [];
    const late = [...this.#peers]
      .filter(([, known]) => known.state === "dialling" && known.untilMs <= nowMs)
      .map(([peer]) => peer);
    for (const peer of late) this.lost(peer, nowMs);
    return late;
  }

  /** When `toDial` or `expired` has something new. */
  nextWakeMs(): number {
    this.#nextMs ??= this.#next();
    return this.#nextMs;
  }

  #next(): number {
    const mayDial = this.#roomToDial(false) > 0;
    const mayDialHearsay = this.#roomToDial(true) > 0;
    let next = Infinity;
    for (const known of this.#peers.values()) {
      if (known.state === "dialling") next = Math.min(next, known.untilMs);
      else if (known.state === "known" && (known.isHearsay ? mayDialHearsay : mayDial)) {
        next = Math.min(next, known.dialAtMs);
      }
    }
    return next;
  }

  /** How many more may be dialled now: of those that a tracker named, or of the others. */
  #roomToDial(isHearsay: boolean): number {
    let [dials, hearsayDials, connections] = [0, 0, 0];
    for (const known of this.#peers.values()) {
      if (known.state === "connected") connections++;
      else if (known.state === "dialling") {
        dials++;
        if (known.isHearsay) hearsayDials++;
      }
    }
    const room = Math.min(LIMITS.dialledPeers - connections - dials, MOST_DIALS - dials);
    return isHearsay ? Math.min(room, MOST_HEARSAY_DIALS - hearsayDials) : room;
  }

  get #hasRoom(): boolean {
    return this.#peers.size < LIMITS.knownPeers;
  }

  /** Makes room for whom a tracker names. False where there is nobody to forget. */
  #forgetHearsay(): boolean {
    for (const [peer, { state, isHearsay }] of this.#peers) {
      if (state !== "known" || !isHearsay) continue;
      this.#set(peer, null);
      return true;
    }
    return false;
  }
}
