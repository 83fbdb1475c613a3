/**
 * Whom to upload to. Who fetches as well serves those who give most (tit-for-tat), and one more by
 * turns, to find better ones (the optimistic unchoke). Who has everything serves the most deprived,
 * but those last who pass nothing on while something is out nowhere else.
 *
 * While the uplink has nothing to do, there are slots for everybody who wants one; as soon as there
 * is a line, those who stand in none lose them again. So an uplink finds work, and nobody's requests
 * wait in long lines while others are idle.
 *
 * Cohen, "Incentives Build Robustness in BitTorrent" (2003), for tit-for-tat; the times are its too.
 */
import type { ConnectionId } from "./io.ts";
import type { Rng } from "./rarity.ts";

/** How often slots are given anew. */
export const ROTATION_MS = 10_000;
/** The optimistic slot stays for so many rotations. */
const OPTIMISTIC_ROTATIONS = 3;
/** Regular slots, the optimistic one included: BitTorrent's four and one. */
const SLOTS = 5;
/** With slots for everybody: so many more at once, and at most. */
const GROWTH = 2;
const MOST_SLOTS = 30;
/** What a peer gave counts half after each rotation. */
const MEMORY = 0.5;

export type ChokeView = {
  readonly connection: ConnectionId;
  readonly isInterested: boolean;
  readonly isUnchoked: boolean;
  /** It asked for blocks that wait here. */
  readonly isWaiting: boolean;
  /** It owes me blocks and sends none: no slot for having given once. */
  readonly isSnubbing: boolean;
  /** Payload that it ever sent me, and I it. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly pieceCount: number;
  /** It has nothing yet and got nothing here. */
  readonly isNewcomer: boolean;
  /** Of what only it got from me nothing turns up elsewhere. */
  readonly isDeadEnd: boolean;
};

type Record = { givenBytes: number; receivedBefore: number };

export class Choker {
  readonly #rng: Rng;
  readonly #records = new Map<ConnectionId, Record>();
  /** Who has one of the slots that last until the next rotation. */
  readonly #regular = new Set<ConnectionId>();
  #optimistic: ConnectionId | null = null;
  #optimisticAge = 0;
  #newcomer: ConnectionId | null = null;

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** Whether nobody more gets a regular slot before the next rotation. */
  get isFull(): boolean {
    return this.#regular.size >= SLOTS;
  }

  /** Between rotations: regular slots that nobody uses go to others. */
  fill(peers: readonly ChokeView[], isSeeding: boolean): Set<ConnectionId> {
    const chosen = this.#unchoked(peers);
    for (const connection of this.#regular) {
      const peer = peers.find((one) => one.connection === connection);
      if (peer?.isInterested !== true) this.#regular.delete(connection);
    }
    for (const { connection } of this.#ranked(peers, isSeeding)) {
      if (this.#regular.size >= SLOTS) break;
      this.#regular.add(connection);
      chosen.add(connection);
    }
    this.#welcome(peers, chosen);
    return this.#standBy(peers, chosen);
  }

  /** The uplink has nothing to do: more slots. */
  grow(peers: readonly ChokeView[], isSeeding: boolean): Set<ConnectionId> {
    const chosen = this.#unchoked(peers);
    const most = Math.min(MOST_SLOTS, chosen.size + GROWTH);
    const ranked = this.#ranked(peers, isSeeding);
    // Who seeds gives turns to all; else regular slots come first.
    const regular = ranked.filter((peer) => !isSeeding && this.#regular.has(peer.connection));
    for (const { connection } of [...regular, ...ranked]) {
      if (chosen.size >= most) break;
      chosen.add(connection);
    }
    return chosen;
  }

  /** There is a line: only who stands in it is served for now; regular slots come first after it. */
  shrink(peers: readonly ChokeView[]): Set<ConnectionId> {
    const chosen = new Set<ConnectionId>();
    for (const peer of peers) {
      const { connection, isUnchoked, isWaiting } = peer;
      const stays = isWaiting || connection === this.#newcomer;
      if (isUnchoked && stays) chosen.add(connection);
    }
    return chosen;
  }

  /** All slots are given anew. */
  rotate(peers: readonly ChokeView[], isSeeding: boolean): Set<ConnectionId> {
    this.#remember(peers);
    const ranked = this.#ranked(peers, isSeeding);
    const chosen = new Set<ConnectionId>();
    for (const peer of ranked.slice(0, isSeeding ? SLOTS : SLOTS - 1)) chosen.add(peer.connection);
    if (!isSeeding) this.#try(ranked, chosen);
    this.#regular.clear();
    for (const connection of chosen) this.#regular.add(connection);
    this.#welcome(peers, chosen);
    return this.#standBy(peers, chosen);
  }

  #unchoked(peers: readonly ChokeView[]): Set<ConnectionId> {
    const unchoked = new Set<ConnectionId>();
    for (const peer of peers) if (peer.isUnchoked) unchoked.add(peer.connection);
    return unchoked;
  }

  /** Slots that nobody takes now: who has one asks as soon as there is something, a round trip sooner. */
  #standBy(peers: readonly ChokeView[], chosen: Set<ConnectionId>): Set<ConnectionId> {
    const others = peers.filter((peer) => !peer.isInterested && !chosen.has(peer.connection));
    while (chosen.size < SLOTS && others.length > 0) {
      const [peer] = others.splice(Math.floor(this.#rng() * others.length), 1);
      if (peer !== undefined) chosen.add(peer.connection);
    }
    return chosen;
  }

  #remember(peers: readonly ChokeView[]): void {
    const here = new Set(peers.map((peer) => peer.connection));
    for (const connection of this.#records.keys()) {
      if (!here.has(connection)) this.#records.delete(connection);
    }
    for (const peer of peers) {
      const record = this.#records.get(peer.connection) ?? { givenBytes: 0, receivedBefore: 0 };
      const newBytes = peer.receivedBytes - record.receivedBefore;
      record.givenBytes = record.givenBytes * MEMORY + newBytes;
      record.receivedBefore = peer.receivedBytes;
      this.#records.set(peer.connection, record);
    }
  }

  #given(peer: ChokeView): number {
    return peer.isSnubbing ? 0 : (this.#records.get(peer.connection)?.givenBytes ?? 0);
  }

  /** Who wants something, the most deserving first; equals in random order. */
  #ranked(peers: readonly ChokeView[], isSeeding: boolean): ChokeView[] {
    const ranked = peers
      .filter((peer) => peer.isInterested)
      .map((peer) => ({ peer, lot: this.#rng() }));
    ranked.sort(
      (a, b) =>
        (isSeeding ? bySeeder(a.peer, b.peer) : this.#given(b.peer) - this.#given(a.peer)) ||
        a.lot - b.lot,
    );
    return ranked.map(({ peer }) => peer);
  }

  /** One by turns, whatever it gave. */
  #try(ranked: readonly ChokeView[], chosen: Set<ConnectionId>): void {
    const others = ranked.filter((peer) => !chosen.has(peer.connection));
    const isStill = others.some((peer) => peer.connection === this.#optimistic);
    if (!isStill || ++this.#optimisticAge >= OPTIMISTIC_ROTATIONS) {
      this.#optimistic = others[Math.floor(this.#rng() * others.length)]?.connection ?? null;
      this.#optimisticAge = 0;
    }
    if (this.#optimistic !== null) chosen.add(this.#optimistic);
  }

  /** A slot beside the others for one newcomer at a time, until it has something to give. */
  #welcome(peers: readonly ChokeView[], chosen: Set<ConnectionId>): void {
    const isNew = (peer: ChokeView): boolean => peer.isNewcomer && peer.isInterested;
    const still = peers.find((peer) => peer.connection === this.#newcomer);
    if (still === undefined || !isNew(still)) {
      const waiting = peers.find((peer) => isNew(peer) && !chosen.has(peer.connection));
      this.#newcomer = waiting?.connection ?? null;
    }
    if (this.#newcomer !== null) chosen.add(this.#newcomer);
  }
}

function bySeeder(a: ChokeView, b: ChokeView): number {
  if (a.isDeadEnd !== b.isDeadEnd) return a.isDeadEnd ? 1 : -1;
  return a.sentBytes - b.sentBytes || a.pieceCount - b.pieceCount;
}
