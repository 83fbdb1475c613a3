/**
 * Frames with payload that were delivered, to be filled again: a simulated crowd sends a hundred
 * gigabytes, and clearing that much fresh memory costs more than the rest of it.
 */
import type { Bytes } from "../src/bytes.ts";

/** The type byte of DATA, of which nothing is kept once it was taken. */
const DATA = 0x43;

export class FramePool {
  readonly #free = new Map<number, Bytes[]>();

  take(sizeBytes: number): Bytes {
    return this.#free.get(sizeBytes)?.pop() ?? new Uint8Array(sizeBytes);
  }

  /** Nobody else has it any more. */
  give(frame: Bytes): void {
    if (frame[0] !== DATA) return;
    const free = this.#free.get(frame.length) ?? [];
    this.#free.set(frame.length, free);
    free.push(frame);
  }
}
