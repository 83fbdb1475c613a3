/** What a page costs, by the word of its browser: Chromium tells, over its DevTools' protocol. */
import type { CDPSession, Page } from "@playwright/test";

/** Tasks of a page's main thread that took longer than 50 ms, in ms. */
export type LongTasks = readonly number[];

/** What a page keeps between two calls into it. */
declare global {
  interface Window {
    longTasks?: number[];
  }
}

function watchLongTasks(): void {
  const durations: number[] = [];
  window.longTasks = durations;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) durations.push(duration);
  }).observe({ type: "longtask" });
}

interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize?: number;
  readonly backingStorageSize?: number;
}

/** Script objects, objects of the browser behind them, and the bytes of buffers. */
function bytesOf(usage: HeapUsage): number {
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}

/** A page of Chromium, with its workers. */
export class PageMeter {
  readonly #page: Page;
  readonly #devTools: CDPSession;
  readonly #workers = new Set<string>();
  /** Whom a worker's answer goes to, by its session. */
  readonly #waiting = new Map<string, (usage: HeapUsage | undefined) => void>();
  #taskSecondsBefore = 0;

  private constructor(page: Page, devTools: CDPSession) {
    this.#page = page;
    this.#devTools = devTools;
  }

  /** Begins to watch a page that has what it needs, its workers included. */
  static async start(page: Page): Promise<PageMeter> {
    const meter = new PageMeter(page, await page.context().newCDPSession(page));
    await meter.#begin();
    return meter;
  }

  async #begin(): Promise<void> {
    const devTools = this.#devTools;
    devTools.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker") this.#workers.add(sessionId);
    });
    devTools.on("Target.detachedFromTarget", ({ sessionId }) => {
      this.#workers.delete(sessionId);
      this.#waiting.get(sessionId)?.(undefined);
    });
    devTools.on("Target.receivedMessageFromTarget", ({ sessionId, message }) =>
      this.#hear(sessionId, message),
    );
    await devTools.send("Target.setAutoAttach", {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    await this.#page.evaluate(watchLongTasks);
    // Time on the processor: what other work holds up isn't counted.
    await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
    this.#taskSecondsBefore = await this.#taskSeconds();
  }

  /** @returns Seconds that tasks have kept the main thread busy since the start. */
  async mainSeconds(): Promise<number> {
    return (await this.#taskSeconds()) - this.#taskSecondsBefore;
  }

  async #taskSeconds(): Promise<number> {
    const { metrics } = await this.#devTools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  }

  /** @returns Those since the start. */
  longTasks(): Promise<LongTasks> {
    return this.#page.evaluate(() => window.longTasks ?? []);
  }

  /** @returns The heaps of page and workers, with their buffers, at this moment. */
  async heapBytes(): Promise<number> {
    const workers = [...this.#workers].map((session) => this.#heapOf(session));
    const page = this.#devTools.send("Runtime.getHeapUsage");
    const usages = await Promise.all([page, ...workers]);
    return usages.reduce((sum, usage) => sum + (usage === undefined ? 0 : bytesOf(usage)), 0);
  }

  #heapOf(sessionId: string): Promise<HeapUsage | undefined> {
    return new Promise((resolve) => {
      this.#waiting.set(sessionId, resolve);
      const message = JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" });
      this.#devTools
        .send("Target.sendMessageToTarget", { sessionId, message })
        .catch(() => resolve(undefined)); // Safe: a worker that has ended has no heap.
    });
  }

  #hear(sessionId: string, message: string): void {
    const { id, result } = JSON.parse(message) as { id?: number; result?: HeapUsage };
    if (id !== undefined) this.#waiting.get(sessionId)?.(result);
  }
}

/**
 * Bounds what a page of Chromium sends, its connections to other pages included. To be called
 * before they are made.
 */
export async function boundUplink(page: Page, bytesPerSec: number): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Network.enable");
  await devTools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSec,
  });
}
