/** Brings signals by way of the swarm's own connections: a peer that both ends are connected to. */
import type { Driver } from "@shoal/swarm/driver";
import type { PeerId } from "@shoal/swarm/ids";
import type { Acquaintance } from "@shoal/swarm/signal/identity";
import type { OutgoingSignal } from "@shoal/swarm/tracker/messages";
import type { Carrier } from "./carriers.ts";

export class NeighbourCarrier implements Carrier {
  readonly name = "neighbour";
  readonly #driver: () => Driver;

  /** @param driver The share's, once there is one. */
  constructor(driver: () => Driver) {
    this.#driver = driver;
  }

  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#driver().acquaintance(peer);
  }

  carry(signal: OutgoingSignal): Promise<boolean> {
    return this.#driver().carry(signal);
  }
}
