/** What a transfer costs the browsers that take part, from one moment to another. */
import type { Page } from "@playwright/test";
import { profileOf } from "../fixtures.ts";
import { cpuSecondsOf, renderersOf, residentBytesOf } from "../processes.ts";
import { PageMeter } from "./page-meter.ts";
import type { LongTasks } from "./page-meter.ts";

/**
 * Between two looks at memory, for each page: one costs some 10 ms of a processor. With five pages
 * that were looked at twice a second, the looks took 6% of two processors.
 */
const LOOK_MS = 250;

/** What one page's browser has used. */
export interface PageCost {
  /** The most that heaps, with buffers, of page and workers took; null where nobody tells. */
  readonly heapBytes: number | null;
  /** The most that the renderers took. */
  readonly residentBytes: number;
}

/** What all browsers have used. */
export interface Cost {
  readonly cpuSeconds: number;
  /** Of all pages; null where nobody tells. */
  readonly mainSeconds: number | null;
  /** Of all pages; null where nobody tells. */
  readonly longTasks: LongTasks | null;
  /** In the pages' order. */
  readonly pages: readonly PageCost[];
}

/** One page, and the most that it was seen to take. */
class Watched {
  readonly meter: PageMeter | null;
  readonly #renderers: readonly number[];
  heapBytes: number | null = null;
  residentBytes = 0;

  constructor(meter: PageMeter | null, renderers: readonly number[]) {
    this.meter = meter;
    this.#renderers = renderers;
  }

  async look(): Promise<void> {
    this.residentBytes = Math.max(this.residentBytes, await residentBytesOf(this.#renderers));
    if (this.meter === null) return;
    this.heapBytes = Math.max(this.heapBytes ?? 0, await this.meter.heapBytes());
  }
}

/** Watches pages with a profile on disk each. */
export class Meter {
  readonly #profiles: readonly string[];
  readonly #watched: readonly Watched[];
  readonly #cpuSecondsBefore: number;
  readonly #looking: Promise<void>;
  #wake: () => void = () => {};
  #isOver = false;

  private constructor(
    profiles: readonly string[],
    watched: readonly Watched[],
    cpuSecondsBefore: number,
  ) {
    this.#profiles = profiles;
    this.#watched = watched;
    this.#cpuSecondsBefore = cpuSecondsBefore;
    this.#looking = this.#look();
  }

  /** To be called when the pages are loaded: of those to come, it knows nothing. */
  static async start(pages: readonly Page[]): Promise<Meter> {
    const watched: Watched[] = [];
    for (const page of pages) {
      const isChromium = page.context().browser()?.browserType().name() === "chromium";
      const meter = isChromium ? await PageMeter.start(page) : null;
      watched.push(new Watched(meter, await renderersOf(profileOf(page))));
    }
    const profiles = pages.map(profileOf);
    return new Meter(profiles, watched, await cpuSecondsOf(profiles));
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      for (const one of this.#watched) await one.look();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, LOOK_MS * this.#watched.length);
      });
    }
  }

  /** Ends the watch. To be called once. */
  async stop(): Promise<Cost> {
    const cpuSeconds = (await cpuSecondsOf(this.#profiles)) - this.#cpuSecondsBefore;
    this.#isOver = true;
    this.#wake();
    await this.#looking;
    const meters = this.#watched.flatMap(({ meter }) => meter ?? []);
    const tells = meters.length === this.#watched.length;
    const seconds = await Promise.all(meters.map((meter) => meter.mainSeconds()));
    const tasks = await Promise.all(meters.map((meter) => meter.longTasks()));
    return {
      cpuSeconds,
      mainSeconds: tells ? seconds.reduce((sum, one) => sum + one, 0) : null,
      longTasks: tells ? tasks.flat() : null,
      pages: this.#watched.map(({ heapBytes, residentBytes }) => ({ heapBytes, residentBytes })),
    };
  }
}
