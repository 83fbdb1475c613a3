/** A token bucket: so many at once, so many per second. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSec: number;
  #tokens: number;
  #filledMs: number;

  /** Starts full. `burst` tokens fit, `perSec` flow in. */
  constructor(burst: number, perSec: number, nowMs: number) {
    this.#burst = burst;
    this.#perSec = perSec;
    this.#tokens = burst;
    this.#filledMs = nowMs;
  }

  /** Takes one token; false, and nothing taken, where none is left. */
  take(nowMs: number): boolean {
    const gained = ((nowMs - this.#filledMs) / 1000) * this.#perSec;
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(0, gained));
    this.#filledMs = Math.max(this.#filledMs, nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
