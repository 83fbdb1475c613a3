/** The speeds of the last minute, for a graph. */
import type { SpeedSample } from "../protocol/state.ts";

const SAMPLES = 60;
/** State comes once a second, and between times when something happens: those make no sample. */
const LEAST_GAP_MS = 900;

export class SpeedHistory {
  #samples: readonly SpeedSample[] = [];
  #lastMs = -Infinity;

  /** @returns All samples, the newest last; the same array where it came too soon to count. */
  add(nowMs: number, sample: SpeedSample): readonly SpeedSample[] {
    if (nowMs - this.#lastMs < LEAST_GAP_MS) return this.#samples;
    this.#lastMs = nowMs;
    this.#samples = [...this.#samples.slice(1 - SAMPLES), sample];
    return this.#samples;
  }
}
