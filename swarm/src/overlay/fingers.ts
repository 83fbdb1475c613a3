/**
 * Links to peers far away: one, by chance, in each doubling of distance ahead. Chord's fingers (Stoica
 * and others 2001), drawn within their octave as in Symphony (Manku, Bawa and Raghavan 2003).
 */
import type { Calls } from "./calls.ts";
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";

import { ahead, from, octaveOf, positionOf, type RingId, RING } from "./position.ts";

/** Octaves beyond which no ring needs a finger. */
const MOST_OCTAVES = 24;
/** How often one is looked for: half as often each time, until one is found or lost. */
const LEAST_MS = 4_000;
const MOST_MS = 256_000;

export class Fingers {
  readonly #core: Core;
  readonly #circuits: Circuits;
  readonly #calls: Calls;
  #dueAtMs = 0;
  #everyMs = LEAST_MS;

  constructor(core: Core, circuits: Circuits, calls: Calls) {
    this.#core = core;
    this.#circuits = circuits;
    this.#calls = calls;
  }

  /** A link came to be or ended: there is more to look for, or more hope. */
  changed(): void {
    this.#everyMs = LEAST_MS;
    this.#dueAtMs = Math.min(this.#dueAtMs, this.#core.dueIn(LEAST_MS));
  }

  /** Every few seconds: looks for a peer in an octave that has none. */
  tend(): void {
    const { keepsFingers, links, nowMs, random, self } = this.#core;
    if (!keepsFingers || nowMs < this.#dueAtMs) return;
    this.#dueAtMs = this.#core.dueIn(LEAST_MS);
    const octave = this.#core.any(this.#missing());
    if (octave === undefined || links.size >= links.most("finger") || !links.isPlaced()) return;
    this.#dueAtMs = this.#core.dueIn(this.#everyMs);
    this.#everyMs = Math.min(MOST_MS, 2 * this.#everyMs);
    const target = from(self.at, (RING / 2 ** (octave + 1)) * (1 + random()));
    const question = { type: "find", except: self.peer } as const;
    this.#circuits.ask(target, question, null, (answer) => {
      if (answer.type === "nearest") this.#found(octave, answer.ids);
    });
  }

  #found(octave: number, ids: readonly RingId[]): void {
    const { links, self } = this.#core;
    const fitting = ids.filter((id) => {
      const isOpen = links.to(id) === undefined && !this.#calls.isUnreached(id);
      return isOpen && octaveOf(ahead(self.at, positionOf(id))) === octave;
    });
    const id = this.#core.any(fitting);
    if (id !== undefined) this.#calls.call(id, "finger", null);
  }

  #missing(): readonly number[] {
    const { links } = this.#core;
    // The nearest few stand in the last two or so.
    const count = Math.min(MOST_OCTAVES, Math.ceil(Math.log2(links.estimatedPeers())) - 2);
    const isFilled = Array<boolean>(Math.max(0, count)).fill(false);
    for (const { octave } of links.all()) {
      if (octave < count) isFilled[octave] = true;
    }
    return isFilled.flatMap((filled, octave) => (filled ? [] : [octave]));
  }
}
