/**
 * Trackers that links of this browser named and that took it in: where those of another link are all
 * gone, somebody of its swarm may be found there. In `localStorage`, which every page has at once.
 */
import { LIMITS } from "@shoal/swarm/limits";
import { isTrackerHost } from "@shoal/swarm/share/link";
import type { KeptText } from "./preferences.ts";

const KEY = "shoal:trackers";
/** Each is a socket more. */
const MOST_ASKED = 4;
/** Enough are left when a link names some of them itself. */
const MOST_KEPT = MOST_ASKED + LIMITS.trackersPerLink;
/** A server that stops has everybody back within five seconds. */
const PATIENCE_MS = 10_000;

export class RememberedTrackers {
  readonly #kept: KeptText;

  constructor(kept: KeptText) {
    this.#kept = kept;
  }

  /** It has just taken this browser in. */
  tookIn(host: string): void {
    const others = this.#hosts().filter((other) => other !== host);
    try {
      this.#kept.write(JSON.stringify([host, ...others].slice(0, MOST_KEPT)));
    } catch {
      // Safe: who blocks site data has none remembered.
    }
  }

  /** Up to 4 that aren't among these; the one that was used last comes first. */
  besides(hosts: Iterable<string>): string[] {
    const own = new Set(hosts);
    return this.#hosts()
      .filter((host) => !own.has(host))
      .slice(0, MOST_ASKED);
  }

  /** What is left of them if anybody has been at it. */
  #hosts(): string[] {
    try {
      const value: unknown = JSON.parse(this.#kept.read() ?? "[]");
      const hosts: readonly unknown[] = Array.isArray(value) ? value : [];
      return hosts.filter(
        (host): host is string => typeof host === "string" && isTrackerHost(host),
      );
    } catch {
      return []; // Safe: what can't be read was never remembered.
    }
  }
}

/** This browser's. */
export const rememberedTrackers = new RememberedTrackers({
  read: () => localStorage.getItem(KEY),
  write: (text) => localStorage.setItem(KEY, text),
});

/** Waits for a link's own trackers, and calls `over` once, when none has answered for 10 s. */
export class TrackerPatience {
  readonly #over: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(over: () => void) {
    this.#over = over;
  }

  /** Whether any of them has taken us in, as far as is known now. */
  answers(isAnswering: boolean): void {
    if (isAnswering) return this.close();
    if (this.#isOver) return;
    this.#timer ??= setTimeout(() => {
      this.#isOver = true;
      this.#over();
    }, PATIENCE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
