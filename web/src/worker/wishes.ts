/**
 * What the person wants of a share, and what the engine is told of it: the chosen files once download
 * was pressed, and one that is opened besides; one that is opened before that, or while the download
 * rests, alone.
 *
 * Opening a file never asks for more than it: what stops when it is closed is what opening began.
 */
import type { Input } from "@shoal/swarm/engine/io";
import type { KeptWish } from "./kept-wish.ts";

/** Files by index, in order; null: all. */
export type Choice = KeptWish["chosen"];

export class Wishes {
  #isAsked: boolean;
  #isPaused = false;
  #chosen: Choice;
  #opened: number | null = null;
  /** What the engine was told to fetch, as far as it may. */
  #told: { readonly alone: number | null; readonly also: number | null; readonly chosen: Choice };

  /** What was wanted in an earlier session. */
  constructor({ isAsked, chosen }: KeptWish) {
    this.#isAsked = isAsked;
    this.#chosen = chosen;
    this.#told = { alone: null, also: null, chosen: null };
  }

  /** Download was pressed, now or earlier, and not all files were given up since. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** By the person's wish, whatever an opened file fetches meanwhile. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  get chosen(): Choice {
    return this.#chosen;
  }

  /** These files alone from now on. With none the download is over; what is there stays. */
  choose(chosen: Choice): Input[] {
    this.#chosen = chosen;
    if (chosen?.length !== 0 || !this.#isAsked) return this.#renew();
    this.#isAsked = false;
    return this.#rest();
  }

  download(): Input[] {
    this.#isAsked = true;
    this.#isPaused = false;
    return [...this.#renew(), { type: "download" }];
  }

  pause(): Input[] {
    this.#isPaused = true;
    return this.#rest();
  }

  resume(): Input[] {
    this.#isPaused = false;
    return [...this.#renew(), { type: "resume" }];
  }

  /** A file is opened here; what was open before is closed. */
  open(file: number): Input[] {
    this.#opened = file;
    const inputs = this.#renew();
    return this.#told.alone === null ? inputs : [...inputs, { type: "download" }];
  }

  close(): Input[] {
    if (this.#opened === null) return [];
    this.#opened = null;
    const wasAlone = this.#told.alone !== null;
    const inputs: Input[] = [{ type: "play-head", at: null }];
    // First, or the rest would be asked for in between.
    if (wasAlone) inputs.push({ type: "pause" });
    return [...inputs, ...this.#renew()];
  }

  /** Nothing is fetched any more, but for a file that is open. */
  #rest(): Input[] {
    const inputs = this.#renew();
    return this.#told.alone === null ? [{ type: "pause" }, ...inputs] : inputs;
  }

  #renew(): Input[] {
    const isRunning = this.#isAsked && !this.#isPaused;
    const opened = this.#opened;
    const chosen = this.#chosen;
    const isBeside = isRunning && opened !== null && chosen !== null && !chosen.includes(opened);
    const next = { alone: isRunning ? null : opened, also: isBeside ? opened : null, chosen };
    const before = this.#told;
    this.#told = next;
    const isSame =
      next.alone === before.alone &&
      // Whatever is chosen, one is fetched alone.
      (next.alone !== null || (next.also === before.also && next.chosen === before.chosen));
    if (isSame) return [];
    const files =
      next.alone !== null
        ? [next.alone]
        : next.also !== null
          ? [...(chosen ?? []), next.also]
          : chosen;
    return [{ type: "choose-files", files }];
  }
}
