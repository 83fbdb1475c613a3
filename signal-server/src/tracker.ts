/**
 * The tracker: which peers have proven their ids here, on which connection, and what of that all
 * processes are to know. It knows no socket: connections are opaque names.
 *
 * Invariants:
 * - a peer is in a swarm at most at one place: the one where it proved its id last;
 * - a connection is in a swarm as at most one peer, and in a bounded number of swarms;
 * - a swarm without members doesn't exist, so an unknown one and an empty one are the same;
 * - nothing here lists swarms.
 *
 * What changes here changes before a call returns; its promise is for the others' part.
 */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { Announce, Introduction } from "@shoal/swarm/tracker/messages";
import { distance } from "./address.ts";
import {
  type ConnectionId,
  type Entry,
  isSamePlace,
  type Listing,
  type Place,
  type ProcessId,
  type SwarmStore,
} from "./store/store.ts";

export type TrackerPorts = {
  readonly process: ProcessId;
  readonly store: SwarmStore;
  /** The clock that all processes share: the machines' own. */
  readonly nowMs: () => number;
  /** A peer of another process is here now, on another connection. */
  readonly taken: (from: Place, swarm: SwarmId, peer: PeerId) => void;
  readonly swarmsPerConnection: number;
};

/** What an announce is answered with. The counts include the asker. */
export type Company = {
  readonly peers: readonly Introduction[];
  readonly seeders: number;
  readonly leechers: number;
};

/** Where a signal goes, and as whom its sender is known there. */
export type Route = { readonly from: PeerId; readonly place: Place };

export class Tracker {
  readonly #ports: TrackerPorts;
  readonly #connections = new Map<ConnectionId, Map<SwarmId, Entry>>();
  #memberCount = 0;
  #lastJoinMs = 0;

  constructor(ports: TrackerPorts) {
    this.#ports = ports;
  }

  /** How many are here: for tests and for whoever watches the process. */
  get size(): { readonly members: number; readonly connections: number } {
    return { members: this.#memberCount, connections: this.#connections.size };
  }

  /**
   * Puts a peer into a swarm. The caller has checked that the connection's owner holds the peer's
   * key: so a peer that is there already on another connection is the same one, come back, and the
   * newer connection takes its place. It is listed for others with its first announce.
   *
   * "full": the connection is in as many swarms as it may be; nothing has changed.
   */
  async join(
    connection: ConnectionId,
    swarm: SwarmId,
    peer: PeerId,
    { introduction, source }: Pick<Entry, "introduction" | "source">,
  ): Promise<"joined" | "full"> {
    const mine = this.#connections.get(connection);
    const before = mine?.get(swarm);
    if (!before && mine && mine.size >= this.#ports.swarmsPerConnection) return "full";
    const held = before?.peer === peer ? before.held : null;
    if (before && before.peer !== peer) void this.#remove(before);
    const { process, store } = this.#ports;
    const entryAt = (joinedMs: number): Entry => {
      const place = { process, connection, joinedMs };
      return this.#note({ swarm, peer, place, introduction, source, held });
    };
    const entry = entryAt(this.#joinMs());
    const listing = await store.announce(entry, 0);
    if (!("takenBy" in listing)) {
      this.heed(entry, listing);
    } else if (this.#entry(connection, swarm) === entry) {
      // By a process whose clock is ahead: it has proven its id here after all, and is here.
      const later = entryAt(this.#joinMs(listing.takenBy.joinedMs));
      this.heed(later, await store.announce(later, 0));
    }
    return "joined";
  }

  /**
   * Notes what the connection's peer holds, and finds it others: any of them, the nearest of those
   * first. Null: it isn't in that swarm.
   */
  async announce(connection: ConnectionId, announce: Announce): Promise<Company | null> {
    const { swarm, held, numWant } = announce;
    const before = this.#entry(connection, swarm);
    if (before === undefined) return null;
    const entry = this.#note({ ...before, held });
    const listing = await this.#ports.store.announce(entry, numWant);
    this.heed(entry, listing);
    if ("takenBy" in listing) return null;
    const byDistance: Introduction[][] = [[], [], []];
    for (const { source, introduction } of listing.others) {
      byDistance[distance(entry.source, source)]?.push(introduction);
    }
    return { peers: byDistance.flat(), seeders: listing.seeders, leechers: listing.leechers };
  }

  /** Takes the connection's peer out of a swarm; nothing happens where it isn't in it. */
  async leave(connection: ConnectionId, swarm: SwarmId): Promise<void> {
    const entry = this.#entry(connection, swarm);
    if (entry) await this.#remove(entry);
  }

  /** Takes a connection that has ended out of all its swarms. */
  async drop(connection: ConnectionId): Promise<void> {
    const entries = this.#connections.get(connection);
    await Promise.all((entries ? [...entries.values()] : []).map((entry) => this.#remove(entry)));
  }

  /**
   * The way from a connection to a peer of the same swarm. "unproven": the connection isn't in it.
   * "unreachable": the receiver isn't, whether it is elsewhere, gone or was never there; or it is
   * the sender itself.
   */
  async route(
    connection: ConnectionId,
    swarm: SwarmId,
    to: PeerId,
  ): Promise<Route | "unproven" | "unreachable"> {
    const sender = this.#entry(connection, swarm);
    if (!sender) return "unproven";
    const place = sender.peer === to ? null : await this.#ports.store.find(swarm, to);
    return place === null ? "unreachable" : { from: sender.peer, place };
  }

  /** Whether a connection is this peer in this swarm. */
  isAt(connection: ConnectionId, swarm: SwarmId, peer: PeerId): boolean {
    return this.#entry(connection, swarm)?.peer === peer;
  }

  /** Does what follows from a store's answer on an entry: its peer is elsewhere now, or was. */
  heed(entry: Entry, listing: Listing): void {
    const { swarm, peer, place } = entry;
    if ("takenBy" in listing) {
      this.forget(place, swarm, peer);
      return;
    }
    const { replaced } = listing;
    if (replaced === null || isSamePlace(replaced, place)) return;
    if (replaced.process === this.#ports.process) this.forget(replaced, swarm, peer);
    else this.#ports.taken(replaced, swarm, peer);
  }

  /**
   * This peer is elsewhere now. False where it wasn't here, or has come back since: a place that was
   * taken is told of late, and a connection may have proven the id once more by then.
   */
  forget({ connection, joinedMs }: Omit<Place, "process">, swarm: SwarmId, peer: PeerId): boolean {
    const entry = this.#entry(connection, swarm);
    if (entry?.peer !== peer || entry.place.joinedMs > joinedMs) return false;
    const mine = this.#connections.get(connection);
    if (mine?.delete(swarm) === true) this.#memberCount -= 1;
    if (mine?.size === 0) this.#connections.delete(connection);
    return true;
  }

  /** Later than each join before, and than `afterMs`: so of two joins it is known which came last. */
  #joinMs(afterMs = 0): number {
    this.#lastJoinMs = Math.max(this.#ports.nowMs(), this.#lastJoinMs + 1, afterMs + 1);
    return this.#lastJoinMs;
  }

  #entry(connection: ConnectionId, swarm: SwarmId): Entry | undefined {
    return this.#connections.get(connection)?.get(swarm);
  }

  #note(entry: Entry): Entry {
    const { connection } = entry.place;
    const mine = this.#connections.get(connection) ?? new Map<SwarmId, Entry>();
    this.#connections.set(connection, mine);
    if (!mine.has(entry.swarm)) this.#memberCount += 1;
    mine.set(entry.swarm, entry);
    return entry;
  }

  #remove(entry: Entry): Promise<void> {
    this.forget(entry.place, entry.swarm, entry.peer);
    return this.#ports.store.leave(entry);
  }
}
