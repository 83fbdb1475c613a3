/** A store in this process's memory. Its operations take effect at once, before they return. */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { Source } from "../address.ts";
import {
  type Entry,
  isSamePlace,
  type Listing,
  type Place,
  type ProcessId,
  type SwarmStore,
} from "./store.ts";
import { type Member, Swarm } from "./swarm.ts";

export type MemoryStorePorts = {
  /** A clock that never runs backwards. */
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** A peer that hasn't announced for this long is forgotten. */
  readonly lifetimeMs: number;
  /** Told of each swarm in which somebody who holds all has come, gone or announced again. */
  readonly seedersChanged?: (swarm: SwarmId) => void;
};

export class MemoryStore implements SwarmStore {
  readonly #ports: MemoryStorePorts;
  readonly #swarms = new Map<SwarmId, Swarm>();
  /** All members, the one not seen for longest first. */
  readonly #byAge = new Set<Member>();

  constructor(ports: MemoryStorePorts) {
    this.#ports = ports;
  }

  /** How much is kept: for tests and for whoever watches the process. */
  get size(): { readonly swarms: number; readonly members: number } {
    return { swarms: this.#swarms.size, members: this.#byAge.size };
  }

  /** All that is kept. */
  entries(): Iterable<Entry> {
    return this.#byAge;
  }

  /** Whether just this is kept. */
  has(entry: Entry): boolean {
    return this.#swarms.get(entry.swarm)?.get(entry.peer) === entry;
  }

  async announce(entry: Entry, numWant: number): Promise<Listing> {
    this.expire();
    const before = this.#swarms.get(entry.swarm)?.get(entry.peer);
    const isElsewhere = before !== undefined && !isSamePlace(before.place, entry.place);
    if (isElsewhere && before.place.joinedMs >= entry.place.joinedMs) {
      return { takenBy: before.place };
    }
    if (before !== undefined) this.#remove(before);
    const { member, swarm } = this.#add(entry);
    return {
      others: swarm.sample(member, numWant, this.#ports.random),
      seeders: swarm.seeders,
      leechers: swarm.leechers,
      replaced: isElsewhere ? before.place : null,
    };
  }

  async leave({ swarm, peer, place }: Pick<Entry, "swarm" | "peer" | "place">): Promise<void> {
    const member = this.#swarms.get(swarm)?.get(peer);
    if (member !== undefined && isSamePlace(member.place, place)) this.#remove(member);
  }

  async find(swarm: SwarmId, peer: PeerId): Promise<Place | null> {
    this.expire();
    return this.#swarms.get(swarm)?.get(peer)?.place ?? null;
  }

  async sources(swarms: readonly SwarmId[]): Promise<readonly (readonly Source[])[]> {
    this.expire();
    return swarms.map((swarm) => this.#swarms.get(swarm)?.sources ?? []);
  }

  async forget(process: ProcessId): Promise<void> {
    for (const member of this.#byAge) if (member.place.process === process) this.#remove(member);
  }

  /** Forgets whose time is up. */
  expire(): void {
    const { nowMs, lifetimeMs } = this.#ports;
    for (const member of this.#byAge) {
      if (nowMs() - member.seenMs < lifetimeMs) return;
      this.#remove(member);
    }
  }

  #add(entry: Entry): { member: Member; swarm: Swarm } {
    const member = { ...entry, seenMs: this.#ports.nowMs() };
    const swarm = this.#swarms.get(entry.swarm) ?? new Swarm();
    this.#swarms.set(entry.swarm, swarm);
    swarm.add(member);
    this.#byAge.add(member);
    this.#tellOf(member);
    return { member, swarm };
  }

  #remove(member: Member): void {
    const swarm = this.#swarms.get(member.swarm);
    swarm?.remove(member);
    if (swarm?.size === 0) this.#swarms.delete(member.swarm);
    this.#byAge.delete(member);
    this.#tellOf(member);
  }

  #tellOf({ swarm, held }: Member): void {
    if (held === "all") this.#ports.seedersChanged?.(swarm);
  }
}
