/**
 * A store that several processes share, with this process's own peers in its memory as well: while
 * Redis is away they still find each other, and once it is back, empty or not, they are put into it
 * anew. So its loss harms nobody for longer than it lasts.
 */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { Source } from "../address.ts";
import type { MemoryStore } from "./memory-store.ts";
import type { RedisStore } from "./redis-store.ts";
import type { Entry, Listing, Place, ProcessId, SwarmStore } from "./store.ts";

export type SharedStorePorts = {
  readonly process: ProcessId;
  readonly own: MemoryStore;
  readonly shared: RedisStore;
  /** Told, and why, when it is cut off from the others, and when it is with them. */
  readonly changed: (isShared: boolean, why: unknown) => void;
  /** Told what became of an entry that was put back: its peer may be elsewhere now, or was. */
  readonly putBack: (entry: Entry, listing: Listing) => void;
};

/** Entries that are put back at once: the rest of the work has its turn between. */
const AT_ONCE = 100;

export class SharedStore implements SwarmStore {
  readonly #ports: SharedStorePorts;
  /** Null before it was tried. */
  #isShared: boolean | null = null;
  #lastBeat: Promise<void> = Promise.resolve();

  constructor(ports: SharedStorePorts) {
    this.#ports = ports;
  }

  /** Whether what it says holds for all processes. */
  get isShared(): boolean {
    return this.#isShared === true;
  }

  async announce(entry: Entry, numWant: number): Promise<Listing> {
    const { own, shared } = this.#ports;
    const near = own.announce(entry, numWant);
    const far = await this.#try(() => shared.announce(entry, numWant));
    if (far === null) return near;
    if ("takenBy" in far) await own.leave(entry);
    return far;
  }

  async leave(entry: Pick<Entry, "swarm" | "peer" | "place">): Promise<void> {
    const { own, shared } = this.#ports;
    const left = own.leave(entry);
    await this.#try(() => shared.leave(entry));
    await left;
  }

  async find(swarm: SwarmId, peer: PeerId): Promise<Place | null> {
    const { own, shared } = this.#ports;
    // A peer that was here may be elsewhere now.
    return (await this.#try(() => shared.find(swarm, peer))) ?? (await own.find(swarm, peer));
  }

  async sources(swarms: readonly SwarmId[]): Promise<readonly (readonly Source[])[]> {
    const { own, shared } = this.#ports;
    return (await this.#try(() => shared.sources(swarms))) ?? (await own.sources(swarms));
  }

  async forget(process: ProcessId): Promise<void> {
    const { own, shared } = this.#ports;
    await own.forget(process);
    await this.#try(() => shared.forget(process));
  }

  /**
   * To be called often, and whenever Redis may be back: says that this process is alive, takes out
   * the peers of those that aren't, and puts its own back where they are missing. One at a time.
   */
  beat(): Promise<void> {
    this.#lastBeat = this.#lastBeat.then(async () => {
      try {
        await this.#beat();
      } catch (error) {
        this.#set(false, error); // Safe: it is told, and tried again.
      }
    });
    return this.#lastBeat;
  }

  /** Takes this process's peers out, before it ends. */
  async withdraw(): Promise<void> {
    const { process, shared } = this.#ports;
    await this.#lastBeat;
    await this.#try(() => shared.forget(process));
    this.#isShared = false;
  }

  async #beat(): Promise<void> {
    const { process, shared } = this.#ports;
    if (!this.isShared) await shared.loadScripts();
    const { wasKnown, dead } = await shared.beat(process);
    for (const ended of dead) await shared.forget(ended);
    if (wasKnown && this.isShared) return;
    // What left while Redis was away still stands in it.
    await shared.forget(process);
    await shared.beat(process);
    this.#set(true, null);
    await this.#putBack();
  }

  async #putBack(): Promise<void> {
    const { own } = this.#ports;
    const entries = [...own.entries()];
    while (entries.length > 0) {
      const some = entries.splice(-AT_ONCE);
      await Promise.all(some.map((entry) => this.#putBackOne(entry)));
    }
  }

  async #putBackOne(entry: Entry): Promise<void> {
    const { own, shared, putBack } = this.#ports;
    // It may have left, or said something newer, while others were put back.
    if (!own.has(entry)) return;
    const listing = await shared.announce(entry, 0);
    if ("takenBy" in listing) await own.leave(entry);
    putBack(entry, listing);
  }

  /** Null where Redis is away, or turns out to be. */
  async #try<Result>(action: () => Promise<Result>): Promise<Result | null> {
    if (!this.isShared) return null;
    try {
      return await action();
    } catch (error) {
      this.#set(false, error); // Safe: it is told, and what is in memory answers.
      void this.beat(); // It may have forgotten its scripts alone.
      return null;
    }
  }

  #set(isShared: boolean, why: unknown): void {
    if (this.#isShared === isShared) return;
    this.#isShared = isShared;
    this.#ports.changed(isShared, why);
  }
}
