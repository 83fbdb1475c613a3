/**
 * Letting go of the least useful connection now and then, where all places are taken and others
 * could be met: so that nobody stays among bad neighbours, and the swarm one well-mixed mesh.
 */
import { LIMITS } from "../limits.ts";
import type { Core } from "./core.ts";
import type { Peer } from "./peer.ts";

/** One at most in so long: meeting a stranger costs a browser some seconds. */
const TURNOVER_MS = 60_000;
/** A connection has to be this old to be judged. */
const TRIED_MS = 60_000;

export class Turnover {
  readonly #core: Core;
  #nextAtMs = Infinity;

  constructor(core: Core) {
    this.#core = core;
  }

  wake(): void {
    const { nowMs, peers, acquaintances, status } = this.#core;
    if (this.#nextAtMs > nowMs) return;
    this.#nextAtMs = nowMs + TURNOVER_MS;
    if (
      status.kind !== "running" ||
      peers.size < LIMITS.dialledPeers ||
      !acquaintances.isAnyFresh
    ) {
      return;
    }
    const worst = this.#worst();
    if (worst !== null) this.#core.drop(worst, "full");
  }

  nextWakeMs(): number {
    if (this.#core.peers.size < LIMITS.dialledPeers) this.#nextAtMs = Infinity;
    else if (this.#nextAtMs === Infinity) this.#nextAtMs = this.#core.nowMs + TURNOVER_MS;
    return this.#nextAtMs;
  }

  /** Of two that both hold everything nothing is to be had; else the one that moved the least. */
  #worst(): Peer | null {
    const { nowMs, content } = this.#core;
    const amFull = content?.had.isFull ?? false;
    let worst: Peer | null = null;
    let least = Infinity;
    for (const peer of this.#core.proven()) {
      if (nowMs - peer.connectedAtMs < TRIED_MS || peer.isSharer) continue;
      const isDead = amFull && peer.has?.isFull === true;
      const moved = peer.download.bytesPerSec(nowMs) + peer.upload.bytesPerSec(nowMs);
      const worth = isDead ? -1 : moved;
      if (worth >= least) continue;
      least = worth;
      worst = peer;
    }
    return worst;
  }
}
