/**
 * How much to ask of one peer at a time, and when to stop waiting. Bytes in flight follow
 * rate x round trip + a cushion, with slow start; patience follows the peer's own history
 * (mean + 4 deviations, as in RFC 6298).
 *
 * The cushion bridges what holds either side up. A wide one does harm where the path is fast: what
 * waits in both browsers' queues falls out of the processor's caches (docs/decisions/0016).
 */
import { LIMITS } from "../limits.ts";
import type { RateMeter } from "./rate.ts";

/** So much time's worth of requests waits at the other side, beside the round trip: a guess. */
const CUSHION_MS = 500;
/** And so much at most of all peers together, of each by its part of what comes. */
const CUSHION_BYTES = 1.5 * LIMITS.blockBytes;
/** Where a second lane is to be kept busy as well (docs/decisions/0029). */
const WIDE_CUSHION_BYTES = 4 * LIMITS.blockBytes;
const FIRST_BYTES = 2 * LIMITS.blockBytes;
const LEAST_BYTES = LIMITS.blockBytes;
const MOST_BYTES = 64 * LIMITS.blockBytes;
/** Before any answer; also the longest patience. */
const FIRST_PATIENCE_MS = 30_000;
/** The shortest patience: a phone's radio may sleep for seconds. */
const LEAST_PATIENCE_MS = 5_000;
/** Slow start ends when the window holds this many seconds of the measured rate, */
const SLOW_START_SECONDS = 1;
/** or when blocks wait longer than they travel, and so much more. */
const QUEUE_MS = 50;

export class Pipeline {
  #windowBytes: number = FIRST_BYTES;
  #soonBytes = 0;
  #slowStart = true;
  #leastRoundTripMs = Infinity;
  #meanMs: number | null = null;
  #deviationMs = 0;
  #snubbed = false;
  #mostCushionBytes = CUSHION_BYTES;

  /** Bytes that may be asked for and not yet received. A snubbed peer keeps one block. */
  get windowBytes(): number {
    return this.#snubbed ? 1 : this.#windowBytes;
  }

  /** What it sends in a round trip and half a second, as far as is known. */
  get soonBytes(): number {
    return this.#snubbed ? 1 : Math.max(this.#windowBytes, this.#soonBytes);
  }

  /** The shortest time from a request to its block so far; half a second before any. */
  get leastRoundTripMs(): number {
    return this.#leastRoundTripMs === Infinity ? CUSHION_MS : this.#leastRoundTripMs;
  }

  /** How long a block takes that is asked for now, as the last ones tell. */
  get expectedMs(): number {
    return this.#meanMs ?? 0;
  }

  get isSnubbed(): boolean {
    return this.#snubbed;
  }

  /** How long a peer may stay silent while it owes something. */
  get patienceMs(): number {
    if (this.#meanMs === null) return FIRST_PATIENCE_MS;
    const patience = this.#meanMs + 4 * this.#deviationMs;
    return Math.min(Math.max(patience, LEAST_PATIENCE_MS), FIRST_PATIENCE_MS);
  }

  /**
   * A block came, `tookMs` after it was asked for.
   *
   * @param rate What this peer sends; `allRate`: what all peers do, this one included.
   */
  received(
    blockBytes: number,
    tookMs: number,
    { rate, allRate }: { readonly rate: RateMeter; readonly allRate: RateMeter },
    nowMs: number,
  ): void {
    this.#snubbed = false;
    this.#leastRoundTripMs = Math.min(this.#leastRoundTripMs, tookMs);
    if (this.#meanMs === null) {
      this.#meanMs = tookMs;
      this.#deviationMs = tookMs / 2;
    } else {
      this.#deviationMs += (Math.abs(tookMs - this.#meanMs) - this.#deviationMs) / 4;
      this.#meanMs += (tookMs - this.#meanMs) / 8;
    }
    const rateBytesPerSec = rate.bytesPerSec(nowMs);
    const inFlight = (rateBytesPerSec * this.#leastRoundTripMs) / 1000;
    const cushion = (rateBytesPerSec * CUSHION_MS) / 1000;
    const part = rateBytesPerSec / Math.max(allRate.bytesPerSec(nowMs), rateBytesPerSec, 1);
    const wanted = inFlight + Math.min(cushion, this.#mostCushionBytes * part);
    this.#soonBytes = inFlight + cushion;
    if (this.#slowStart) {
      this.#windowBytes += blockBytes;
      const secondBytes = rateBytesPerSec * SLOW_START_SECONDS;
      const mostBytes = Math.min(Math.max(wanted, secondBytes, FIRST_BYTES * 4), MOST_BYTES);
      const isQueued = tookMs > 2 * this.#leastRoundTripMs + QUEUE_MS;
      if (this.#windowBytes >= mostBytes || isQueued) this.#slowStart = false;
    } else {
      this.#windowBytes = wanted;
    }
    this.#windowBytes = Math.min(Math.max(this.#windowBytes, LEAST_BYTES), MOST_BYTES);
  }

  /** Blocks come over two lanes from now on. */
  widen(): void {
    this.#mostCushionBytes = WIDE_CUSHION_BYTES;
  }

  /** It stayed silent past its patience. */
  snub(): void {
    this.#snubbed = true;
    this.#slowStart = true;
    this.#windowBytes = FIRST_BYTES;
    this.#soonBytes = 0;
  }
}
