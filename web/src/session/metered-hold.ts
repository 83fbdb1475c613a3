/**
 * Whether a download may use a connection that costs: asked once in a page's life, before more than a
 * little is fetched over one. Until the answer, and where it is to wait, the download rests.
 */
import type { Hold, Metered } from "../protocol/state.ts";

/** Less than this is fetched without a question: a few photos, or some seconds of mobile data. */
const ASK_BYTES = 10_000_000;

/** Of what a page shows. */
type Left = {
  readonly totalBytes: number;
  readonly verifiedBytes: number;
};

export class MeteredHold {
  #mayUse = false;
  #state: Hold | null = null;

  /** Null: nothing is held. */
  get state(): Hold | null {
    return this.#state;
  }

  /** About to fetch what is left. @returns Whether that has to wait for an answer. */
  begins(metered: Metered | null, { totalBytes, verifiedBytes }: Left): boolean {
    const isHeld = metered !== null && !this.#mayUse && totalBytes - verifiedBytes >= ASK_BYTES;
    this.#state = isHeld ? (this.#state ?? "asking") : null;
    return isHeld;
  }

  /** The person doesn't mind, until the page is left. */
  allow(): void {
    this.#mayUse = true;
    this.#state = null;
  }

  /** It goes on once the connection is another one. */
  wait(): void {
    this.#state = "waiting";
  }

  /** @returns Whether what was held goes on. */
  changed(metered: Metered | null): boolean {
    if (this.#state === null || metered !== null) return false;
    this.#state = null;
    return true;
  }

  /** Nothing is to be fetched any more. */
  drop(): void {
    this.#state = null;
  }
}
