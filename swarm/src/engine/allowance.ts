/** How often somebody may do something: so many times at once, and once more each time that passes. */
export class Allowance {
  readonly #burst: number;
  readonly #everyMs: number;
  #left: number;
  #atMs = 0;

  constructor(burst: number, everyMs: number) {
    this.#burst = burst;
    this.#everyMs = everyMs;
    this.#left = burst;
  }

  /** Uses it once; false where nothing is left. */
  take(nowMs: number): boolean {
    const left = Math.min(this.#burst, this.#left + (nowMs - this.#atMs) / this.#everyMs);
    const isLeft = left >= 1;
    this.#left = isLeft ? left - 1 : left;
    this.#atMs = nowMs;
    return isLeft;
  }
}
