/** The channels of one connection: one, or two where a fast path needs them. */
import { bringsBlock } from "@shoal/swarm/wire/frame";
import type { Channel } from "./channel.ts";

export class Lanes {
  /** Null until the page has made it. */
  first: Channel | null = null;
  /** Null until it is open. */
  #second: Channel | null = null;
  /** In each one's send buffer, as far as it is known. */
  #firstBytes = 0;
  #secondBytes = 0;
  #wasSecond = false;

  /** Sends blocks over it as well from now on. */
  widen(second: Channel): void {
    this.#second = second;
  }

  get isWide(): boolean {
    return this.#second !== null;
  }

  /**
   * Sends a block over the one that holds less, and all else, which has an order, over the first.
   *
   * @returns Bytes in both send buffers afterwards.
   */
  send(frame: Uint8Array<ArrayBuffer>): number {
    const isBlock = bringsBlock(frame);
    const second = isBlock && this.#isSecondNext() ? this.#second : null;
    if (second !== null) this.#secondBytes = second.send(frame);
    else this.#firstBytes = this.first?.send(frame) ?? 0;
    if (isBlock) this.#wasSecond = second !== null;
    return this.#firstBytes + this.#secondBytes;
  }

  /** @returns Bytes in both send buffers, of which one was heard that it holds so many. */
  drained(lane: "first" | "second", bufferedBytes: number): number {
    if (lane === "first") this.#firstBytes = bufferedBytes;
    else this.#secondBytes = bufferedBytes;
    return this.#firstBytes + this.#secondBytes;
  }

  close(): void {
    this.first?.close();
    this.#second?.close();
  }

  #isSecondNext(): boolean {
    if (this.#firstBytes === this.#secondBytes) return !this.#wasSecond;
    return this.#secondBytes < this.#firstBytes;
  }
}

/** Much: what comes at less needs no second lane. So much of it at once, within so long. Guesses. */
const MUCH_BYTES = 4_000_000;
const MUCH_MS = 1_000;

/** How much comes over a connection. */
export class Pace {
  #sinceMs = -Infinity;
  #bytes = 0;

  /** @returns Whether it is much. */
  came(bytes: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs > MUCH_MS) {
      this.#sinceMs = nowMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#bytes >= MUCH_BYTES;
  }
}
