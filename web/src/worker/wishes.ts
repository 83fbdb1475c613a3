/**
 * What the person wants of a share, and what the engine is told of it: all files once download was
 * pressed; one that is opened before that, or while the download rests, alone.
 *
 * Opening a file never asks for more than it: what stops when it is closed is what opening began.
 */
import type { Input } from "@shoal/swarm/engine/io";

export class Wishes {
  #isAsked: boolean;
  #isPaused = false;
  #opened: number | null = null;
  /** The engine fetches this one alone. */
  #alone: number | null = null;

  /** `isAsked`: download was pressed in an earlier session. */
  constructor(isAsked: boolean) {
    this.#isAsked = isAsked;
  }

  /** Download was pressed, now or earlier: everything is wanted. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** By the person's wish, whatever an opened file fetches meanwhile. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  download(): Input[] {
    this.#isAsked = true;
    this.#isPaused = false;
    return [...this.#renew(), { type: "download" }];
  }

  pause(): Input[] {
    this.#isPaused = true;
    const inputs = this.#renew();
    return this.#alone === null ? [{ type: "pause" }, ...inputs] : inputs;
  }

  resume(): Input[] {
    this.#isPaused = false;
    return [...this.#renew(), { type: "resume" }];
  }

  /** A file is opened here; what was open before is closed. */
  open(file: number): Input[] {
    this.#opened = file;
    const inputs = this.#renew();
    return this.#alone === null ? inputs : [...inputs, { type: "download" }];
  }

  close(): Input[] {
    if (this.#opened === null) return [];
    this.#opened = null;
    const wasAlone = this.#alone !== null;
    const inputs: Input[] = [{ type: "play-head", at: null }];
    // First, or the rest would be asked for in between.
    if (wasAlone) inputs.push({ type: "pause" });
    return [...inputs, ...this.#renew()];
  }

  #renew(): Input[] {
    const alone = this.#isAsked && !this.#isPaused ? null : this.#opened;
    if (alone === this.#alone) return [];
    this.#alone = alone;
    return [{ type: "choose-files", files: alone === null ? null : [alone] }];
  }
}
