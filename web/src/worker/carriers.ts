/**
 * Whatever brings sealed signals to the swarm's peers, as one. A signal goes by the carrier that last
 * reached its receiver, and where that one can't by the next that can.
 */
import type { PeerId } from "@shoal/swarm/ids";
import { noteLatest } from "@shoal/swarm/latest";
import { LIMITS } from "@shoal/swarm/limits";
import type { Acquaintance } from "@shoal/swarm/signal/identity";
import type { OutgoingSignal } from "@shoal/swarm/tracker/messages";
import type { CarrierName } from "../protocol/state.ts";

export interface Carrier {
  readonly name: CarrierName;
  /**
   * A peer that it named and can reach, with the key that seals the first signal to it; null for any
   * other: nobody is dialled whom no carrier reaches.
   */
  acquaintance(peer: PeerId): Acquaintance | null;
  /** Brings a signal on its way. Rejects nothing: false where it can't be delivered. */
  carry(signal: OutgoingSignal): Promise<boolean>;
}

export class Carriers {
  readonly #carriers: readonly Carrier[];
  /** By which each peer was reached last, or reached us; the oldest first. */
  readonly #lastOf = new Map<PeerId, CarrierName>();

  /** The one that costs least first. */
  constructor(carriers: readonly Carrier[]) {
    this.#carriers = carriers;
  }

  acquaintance(peer: PeerId): Acquaintance | null {
    for (const carrier of this.#inOrder(peer)) {
      const acquaintance = carrier.acquaintance(peer);
      if (acquaintance !== null) return acquaintance;
    }
    return null;
  }

  /** True once a carrier passed it on. */
  async carry(signal: OutgoingSignal): Promise<boolean> {
    for (const carrier of this.#inOrder(signal.to)) {
      if (!(await carrier.carry(signal))) continue;
      this.brought(signal.to, carrier.name);
      return true;
    }
    return false;
  }

  /** A good signal of this peer's came so: answers go back the same way. */
  brought(peer: PeerId, by: CarrierName): void {
    noteLatest(this.#lastOf, peer, by, LIMITS.knownPeers);
  }

  /** Null for a peer that no carrier brought. */
  foundBy(peer: PeerId): CarrierName | null {
    return this.#lastOf.get(peer) ?? null;
  }

  #inOrder(peer: PeerId): readonly Carrier[] {
    const last = this.#lastOf.get(peer);
    return this.#carriers.toSorted(
      (one, other) => Number(other.name === last) - Number(one.name === last),
    );
  }
}
