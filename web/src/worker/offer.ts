/**
 * Keeps one statement before the page's own server, which may forget everything: brings it at once,
 * again every half hour, when the server is back, and with growing pauses while it doesn't answer.
 */
import { type Bytes, sameBytes } from "@shoal/swarm/bytes";
import type { Answer } from "./catalogue-server.ts";

const AGAIN_MS = 30 * 60_000;
/** After the first failure; twice as long after each further one. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 10 * 60_000;
/** Within which all who hold a share bring it to a server that is back. */
const BACK_MS = 5_000;

export type OfferPorts = {
  readonly put: (bytes: Bytes) => Promise<Answer>;
  /** From 0 up to 1. */
  readonly random: () => number;
};

export class Offer {
  readonly #ports: OfferPorts;
  readonly #answered: (answer: Answer) => void;
  /** What it is about; null: nothing. */
  #bytes: Bytes | null = null;
  /** Brought again by itself. */
  #isOpen = false;
  #failureCount = 0;
  #isAway = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `answered` is told each answer to what is offered then. */
  constructor(ports: OfferPorts, answered: (answer: Answer) => void) {
    this.#ports = ports;
    this.#answered = answered;
  }

  /** Offers this from now on, in place of what was. The same again changes nothing. */
  make(bytes: Bytes): void {
    if (this.#bytes !== null && sameBytes(this.#bytes, bytes)) return;
    this.#bytes = bytes;
    this.#isOpen = true;
    this.#failureCount = 0;
    void this.#bring(bytes);
  }

  /** Offers nothing any more. */
  drop(): void {
    this.#bytes = null;
    this.#close();
  }

  /** The server went away. */
  away(): void {
    this.#isAway = true;
  }

  /** It is there; if it was away, what it knew may be lost. */
  back(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    if (this.#isOpen) this.#bringIn(this.#ports.random() * BACK_MS);
  }

  #close(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
  }

  #bringIn(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#bytes !== null) void this.#bring(this.#bytes);
    }, pauseMs);
  }

  async #bring(bytes: Bytes): Promise<void> {
    clearTimeout(this.#timer);
    const answer = await this.#ports.put(bytes);
    if (this.#bytes !== bytes || !this.#isOpen) return; // It is about another by now.
    const pauseMs = this.#pauseAfter(answer);
    if (pauseMs === null) this.#close();
    else this.#bringIn(pauseMs);
    this.#answered(answer);
  }

  /** Null: it is of no use to bring it again. */
  #pauseAfter(answer: Answer): number | null {
    if (answer === "busy" || answer === "unreachable") {
      const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failureCount++, LONGEST_RETRY_MS);
      return pauseMs * this.#spread();
    }
    this.#failureCount = 0;
    return answer === "taken" || answer === "too-many" ? AGAIN_MS * this.#spread() : null;
  }

  /** Three quarters to five quarters, so that many who began together don't go on together. */
  #spread(): number {
    return 0.75 + this.#ports.random() / 2;
  }
}
