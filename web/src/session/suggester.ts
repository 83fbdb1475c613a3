/** Suggestions while somebody types: asked for once they pause, and only for what stands there last. */
import type { suggest } from "./catalogue.ts";

/** Fast typists pause for less between letters; a guess. */
const PAUSE_MS = 150;

const LEAST_LETTERS = 2;

export class Suggester {
  readonly #suggest: typeof suggest;
  readonly #tell: (suggestions: readonly string[]) => void;
  #asking = new AbortController();

  /** @param tell Called with what there is to suggest, none included. */
  constructor(ask: typeof suggest, tell: (suggestions: readonly string[]) => void) {
    this.#suggest = ask;
    this.#tell = tell;
  }

  typed(text: string): void {
    const words = text.trim();
    const signal = this.#begin();
    if (words.length < LEAST_LETTERS) return this.#tell([]);
    const timer = setTimeout(() => void this.#ask(words, signal), PAUSE_MS);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /** Nothing is wanted any more. */
  stop(): void {
    this.#begin();
    this.#tell([]);
  }

  #begin(): AbortSignal {
    this.#asking.abort();
    this.#asking = new AbortController();
    return this.#asking.signal;
  }

  async #ask(words: string, signal: AbortSignal): Promise<void> {
    const suggestions = await this.#suggest(words, signal);
    if (!signal.aborted) this.#tell(suggestions);
  }
}
