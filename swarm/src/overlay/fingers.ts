/**
 * Links to peers far away: one, by chance, in each doubling of distance ahead. Chord's fingers (Stoica
 * and others 2001), drawn within their octave as in Symphony (Manku, Bawa and Raghavan 2003).
 */
import type { Calls } from "./calls.ts";
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";

import { ahead, from, type Position, positionOf, type RingId, RING } from "./position.ts";

/** Octaves beyond which no ring needs a finger. */
const MOST_OCTAVES = 24;
const FINGER_MS = 5_000;

export class Fingers {
  readonly #core: Core;
  readonly #circuits: Circuits;
  readonly #calls: Calls;
  #dueAtMs = 0;

  constructor(core: Core, circuits: Circuits, calls: Calls) {
    this.#core = core;
    this.#circuits = circuits;
    this.#calls = calls;
  }

  /** Every few seconds: looks for a peer in an octave that has none. */
  tend(): void {
    const { keepsFingers, links, nowMs, random, self } = this.#core;
    if (!keepsFingers || nowMs < this.#dueAtMs) return;
    this.#dueAtMs = this.#core.dueIn(FINGER_MS);
    const octave = this.#core.any(this.#missing());
    if (octave === undefined || links.size >= links.most("finger")) return;
    const target = from(self.at, (RING / 2 ** (octave + 1)) * (1 + random()));
    const question = { type: "find", except: self.peer } as const;
    this.#circuits.ask(target, question, null, (answer) => {
      if (answer.type === "nearest") this.#found(octave, answer.ids);
    });
  }

  #found(octave: number, ids: readonly RingId[]): void {
    const fitting = ids.filter((id) => {
      const isLinked = this.#core.links.to(id) !== undefined;
      return !isLinked && !this.#calls.isUnreached(id) && this.#octaveOf(positionOf(id)) === octave;
    });
    const id = this.#core.any(fitting);
    if (id !== undefined) this.#calls.call(id, "finger", null);
  }

  #missing(): readonly number[] {
    const { links } = this.#core;
    const filled = new Set([...links.all()].map(({ at }) => this.#octaveOf(at)));
    // The nearest few stand in the last two or so.
    const count = Math.min(MOST_OCTAVES, Math.ceil(Math.log2(links.estimatedPeers())) - 2);
    return Array.from({ length: Math.max(0, count) }, (_, octave) => octave).filter(
      (octave) => !filled.has(octave),
    );
  }

  /** Octave 0 is the far half of the ring, each next one half as far. */
  #octaveOf(at: Position): number {
    return Math.floor(Math.log2(RING / Math.max(1, ahead(this.#core.self.at, at))));
  }
}
