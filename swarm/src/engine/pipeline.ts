/**
 * How much to ask of one peer at a time, and when to stop waiting. Bytes in flight follow
 * rate x (round trip + a cushion), with slow start; patience follows the peer's own history
 * (mean + 4 deviations, as in RFC 6298).
 */
import { LIMITS } from "../limits.ts";
import type { RateMeter } from "./rate.ts";

/** So much time's worth of requests waits at the other side, beside the round trip: a guess. */
const CUSHION_MS = 500;
const FIRST_BYTES = 2 * LIMITS.blockBytes;
const LEAST_BYTES = LIMITS.blockBytes;
const MOST_BYTES = 64 * LIMITS.blockBytes;
/** Before any answer; also the longest patience. */
const FIRST_PATIENCE_MS = 30_000;
/** The shortest patience: a phone's radio may sleep for seconds. */
const LEAST_PATIENCE_MS = 5_000;
/** Slow start ends when the window holds this many seconds of the measured rate. */
const SLOW_START_SECONDS = 1;

export class Pipeline {
  #windowBytes: number = FIRST_BYTES;
  #slowStart = true;
  #leastRoundTripMs = Infinity;
  #meanMs: number | null = null;
  #deviationMs = 0;
  #snubbed = false;

  /** Bytes that may be asked for and not yet received. A snubbed peer keeps one block. */
  get windowBytes(): number {
    return this.#snubbed ? 1 : this.#windowBytes;
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

  /** A block came, `tookMs` after it was asked for. */
  received(blockBytes: number, tookMs: number, rate: RateMeter, nowMs: number): void {
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
    const wanted = (rateBytesPerSec * (this.#leastRoundTripMs + CUSHION_MS)) / 1000;
    if (this.#slowStart) {
      this.#windowBytes += blockBytes;
      if (
        this.#windowBytes > Math.max(wanted, rateBytesPerSec * SLOW_START_SECONDS, FIRST_BYTES * 4)
      ) {
        this.#slowStart = false;
      }
    } else {
      this.#windowBytes = wanted;
    }
    this.#windowBytes = Math.min(Math.max(this.#windowBytes, LEAST_BYTES), MOST_BYTES);
  }

  /** It stayed silent past its patience. */
  snub(): void {
    this.#snubbed = true;
    this.#slowStart = true;
    this.#windowBytes = FIRST_BYTES;
  }
}
