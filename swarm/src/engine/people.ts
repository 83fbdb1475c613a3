/** Who the peers say they are, and what this peer says of itself. */
import { type Person, safePersonName } from "../person.ts";
import { Allowance } from "./allowance.ts";
import type { Core } from "./core.ts";
import type { Peer } from "./peer.ts";

/** How often a peer may say so: as often as somebody who can't decide, and no more. Both a guess. */
const BURST = 20;
const EVERY_MS = 5_000;

export class People {
  readonly #core: Core;
  #me: Person | null = null;
  #changes = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Counts what was learned: another value when a view has something new to say. */
  get changes(): number {
    return this.#changes;
  }

  /** The person has a name, or another one. */
  introduce({ name, device }: Person): void {
    const safe = safePersonName(name);
    if (this.#me?.name === safe && this.#me.device === device) return;
    this.#me = { name: safe, device };
    for (const peer of this.#core.proven()) this.greeted(peer);
  }

  /** Tells a peer that has proved itself, and nobody else. */
  greeted(peer: Peer): void {
    if (this.#me !== null) this.#core.send(peer, { type: "person", ...this.#me });
  }

  /** What it says after too many changes is ignored. */
  heard(peer: Peer, { name, device }: Person): void {
    peer.introductions ??= new Allowance(BURST, EVERY_MS);
    if (!peer.introductions.take(this.#core.nowMs)) return;
    peer.person = { name: safePersonName(name), device };
    this.#changes++;
  }
}
