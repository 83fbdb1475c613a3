/**
 * What the overlay's members say to each other through a swarm's connections, before they have links
 * of their own. Opaque to the swarm: who is connected anyhow may as well meet in the overlay.
 */
import type { Bytes } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { Allowance } from "./allowance.ts";
import type { Core } from "./core.ts";
import type { Peer } from "./peer.ts";

/** How much a neighbour may say: some calls at once, each an offer, an answer and candidates. A guess. */
const BURST = 100;
const EVERY_MS = 100;

export class OverlayContact {
  readonly #core: Core;
  #hello: Bytes | null = null;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Told to whoever is here and whoever comes, until there is another; null: nobody is told any more.
   * @throws {Error} where it is empty or larger than `LIMITS.overlayContentBytes`
   */
  hello(content: Bytes | null): void {
    this.#hello = content;
    for (const peer of this.#core.proven()) this.greeted(peer);
  }

  /**
   * For one peer alone; lost where it isn't here.
   * @throws {Error} as `hello`
   */
  say(to: PeerId, content: Bytes): void {
    const peer = this.#core.connectionTo(to);
    if (peer?.isProven === true) this.#send(peer, content);
  }

  /** Tells a peer that has proved itself, and nobody else. */
  greeted(peer: Peer): void {
    if (this.#hello !== null) this.#send(peer, this.#hello);
  }

  /** What comes too often is lost. */
  heard(peer: Peer, content: Bytes): void {
    peer.overlayAllowance ??= new Allowance(BURST, EVERY_MS);
    if (!peer.overlayAllowance.take(this.#core.nowMs)) return;
    this.#core.emit({ type: "overlay-heard", peer: peer.id, content });
  }

  #send(peer: Peer, content: Bytes): void {
    if (content.length === 0 || content.length > LIMITS.overlayContentBytes) {
      throw new Error("such a frame would be malformed to whoever gets it");
    }
    this.#core.send(peer, { type: "overlay", content });
  }
}
