/** Bytes per second over the last seconds: what a person is shown and the pipeline is sized by. */

const BUCKET_MS = 500;
const BUCKET_COUNT = 8;

export class RateMeter {
  readonly #buckets = new Float64Array(BUCKET_COUNT);
  #newest = 0;
  /** The bucket of the last byte. */
  #lastAdded = 0;
  #sinceMs: number | null = null;
  #totalBytes = 0;

  /** All bytes ever counted. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  add(byteCount: number, nowMs: number): void {
    this.#advance(nowMs);
    // After a silence the next byte starts a new span.
    if (this.#newest - this.#lastAdded >= BUCKET_COUNT) this.#sinceMs = null;
    this.#lastAdded = this.#newest;
    this.#sinceMs ??= nowMs;
    this.#totalBytes += byteCount;
    const slot = this.#newest % BUCKET_COUNT;
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + byteCount;
  }

  /** Over the last 4 s, or since the first byte where that is less (but at least one bucket). */
  bytesPerSec(nowMs: number): number {
    if (this.#sinceMs === null) return 0;
    this.#advance(nowMs);
    const newestBegan = this.#newest * BUCKET_MS;
    const fullMs = (BUCKET_COUNT - 1) * BUCKET_MS + (nowMs - newestBegan);
    const spanMs = Math.max(BUCKET_MS, Math.min(fullMs, nowMs - this.#sinceMs));
    return (this.#buckets.reduce((sum, bytes) => sum + bytes, 0) * 1000) / spanMs;
  }

  #advance(nowMs: number): void {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    const stale = Math.min(bucket - this.#newest, BUCKET_COUNT);
    for (let step = 1; step <= stale; step++)
      this.#buckets[(bucket - stale + step) % BUCKET_COUNT] = 0;
    if (stale > 0) this.#newest = bucket;
  }
}
