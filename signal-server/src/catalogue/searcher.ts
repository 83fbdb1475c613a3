/**
 * The index as the rest of the server sees it. What is to be found is told to a thread of its own, and
 * told anew when that has crashed: until then there is nothing to be found.
 */
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import type { SwarmId } from "@shoal/swarm/ids";
import { SERVER_LIMITS } from "../limits.ts";
import type { FromIndex, Question } from "./index-messages.ts";
import type { OpenThread, Thread } from "./thread.ts";
import type { Found, IndexedEntry, Wanted } from "./word-index.ts";

export type SearcherPorts = {
  readonly openThread: OpenThread;
  /** All that is to be found, as it is when it is gone through. */
  readonly entries: () => Iterable<IndexedEntry>;
  /** Told when the thread has ended, though nobody wanted it to. */
  readonly crashed: (why: unknown) => void;
  readonly restartMs?: number;
};

/** Why nothing was searched. */
export type Unsearched = "unavailable" | "busy";

/** Entries that a new thread is told of at once: the rest of the work has its turn between. */
const AT_ONCE = 200;

export class Searcher {
  readonly #ports: SearcherPorts;
  readonly #waiting = new Map<number, (answer: Found | "unavailable") => void>();
  /** Null while there is none. */
  #thread: Thread | null;
  #isFilled = false;
  #lastNumber = 0;
  readonly #closing = new AbortController();

  constructor(ports: SearcherPorts) {
    this.#ports = ports;
    this.#thread = this.#start();
  }

  /** Whether it would find what there is. */
  get isReady(): boolean {
    return this.#isFilled;
  }

  /** Adds an entry, in place of what there was of its swarm. */
  put(entry: IndexedEntry): void {
    this.#thread?.post({ type: "put", entries: [entry] });
  }

  remove(swarm: SwarmId): void {
    this.#thread?.post({ type: "remove", swarm });
  }

  /** Notes how many sources an entry has. */
  count(swarm: SwarmId, sources: number): void {
    this.#thread?.post({ type: "count", swarm, sources });
  }

  search(wanted: Wanted): Promise<Found | Unsearched> {
    return this.#askIfReady({ type: "search", wanted });
  }

  /** Entries for which a title may be suggested, the best first; at most so many. */
  suggest(words: string, count: number): Promise<Found | Unsearched> {
    return this.#askIfReady({ type: "suggest", words, count });
  }

  close(): void {
    this.#closing.abort();
    this.#thread?.end();
  }

  async #askIfReady(question: Question): Promise<Found | Unsearched> {
    if (!this.#isFilled) return "unavailable";
    if (this.#waiting.size >= SERVER_LIMITS.catalogue.searchesWaiting) return "busy";
    return this.#ask(question, SERVER_LIMITS.catalogue.searchTimeoutMs);
  }

  /** `mostMs`: how long an answer is waited for; null: for as long as it takes. */
  #ask(of: Question, mostMs: number | null): Promise<Found | "unavailable"> {
    const re = ++this.#lastNumber;
    return new Promise((resolve) => {
      const answer = (found: Found | "unavailable"): void => {
        clearTimeout(late);
        this.#waiting.delete(re);
        resolve(found);
      };
      const late =
        mostMs === null ? undefined : setTimeout(() => answer("unavailable"), mostMs).unref();
      this.#waiting.set(re, answer);
      this.#thread?.post({ type: "ask", re, of });
    });
  }

  #start(): Thread {
    const heard = ({ re, found }: FromIndex): void => this.#waiting.get(re)?.(found);
    const thread = this.#ports.openThread(heard, (why) => void this.#ended(thread, why));
    void this.#fill(thread);
    return thread;
  }

  /** Tells it of everything. What changes meanwhile is told as well, after what was told before. */
  async #fill(thread: Thread): Promise<void> {
    await setImmediate();
    let some: IndexedEntry[] = [];
    for (const entry of this.#ports.entries()) {
      some.push(entry);
      if (some.length < AT_ONCE) continue;
      thread.post({ type: "put", entries: some });
      some = [];
      await setImmediate();
      if (thread !== this.#thread) return;
    }
    if (thread !== this.#thread) return;
    thread.post({ type: "put", entries: some });
    const synced = await this.#ask({ type: "sync" }, null);
    this.#isFilled = synced !== "unavailable" && thread === this.#thread;
  }

  async #ended(thread: Thread, why: unknown): Promise<void> {
    if (this.#closing.signal.aborted || thread !== this.#thread) return;
    this.#thread = null;
    this.#isFilled = false;
    for (const answer of this.#waiting.values()) answer("unavailable");
    this.#ports.crashed(why);
    const restartMs = this.#ports.restartMs ?? SERVER_LIMITS.catalogue.restartMs;
    await wait(restartMs, null, { signal: this.#closing.signal }).catch(() => undefined);
    if (!this.#closing.signal.aborted) this.#thread = this.#start();
  }
}
