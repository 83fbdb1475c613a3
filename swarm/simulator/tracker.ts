/** A tracker as peers see it: who is here, in random order, unless it is away. */
import type { PeerId } from "../src/ids.ts";
import type { SimulatedPeer } from "./peer.ts";
import type { Chance } from "./random.ts";
import type { Timeline } from "./timeline.ts";

const ROUND_TRIP_MS = 50;
const INTERVAL_MS = 120_000;
/** A peer whose page was killed is noticed by its socket's silence. */
const SILENCE_MS = 35_000;

export class Tracker {
  readonly roundTripMs = ROUND_TRIP_MS;
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #members = new Map<PeerId, SimulatedPeer>();
  #isUp = true;

  constructor(timeline: Timeline, chance: Chance) {
    this.#timeline = timeline;
    this.#chance = chance;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  announce(from: SimulatedPeer, numWant: number): void {
    this.#timeline.in(ROUND_TRIP_MS, () => {
      if (!from.isHere) return;
      if (!this.#isUp) return from.tell({ type: "announce-failed" });
      const others = [...this.#members.values()].filter((member) => member !== from);
      this.#members.set(from.id, from);
      from.tell({
        type: "announced",
        peers: this.#chance.sample(others, numWant).map((member) => member.id),
        swarmPeerCount: others.length,
        intervalMs: INTERVAL_MS,
      });
    });
  }

  /** Who a signal to this id would reach; null where nobody would get it. */
  relay(id: PeerId): SimulatedPeer | null {
    return this.#isUp ? (this.#members.get(id) ?? null) : null;
  }

  /** Its socket ended, or fell silent. */
  gone(peer: SimulatedPeer, isSilent: boolean): void {
    this.#timeline.in(isSilent ? SILENCE_MS : 0, () => {
      if (!peer.isHere) this.#members.delete(peer.id);
    });
  }

  /** It is away: it forgets everybody, who all notice. */
  goDown(peers: readonly SimulatedPeer[]): void {
    this.#isUp = false;
    this.#members.clear();
    for (const peer of peers) if (peer.isHere) peer.tell({ type: "tracker-down" });
  }

  comeBack(peers: readonly SimulatedPeer[]): void {
    this.#isUp = true;
    for (const peer of peers) if (peer.isHere) peer.tell({ type: "tracker-up" });
  }
}
