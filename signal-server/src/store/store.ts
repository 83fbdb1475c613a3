/**
 * Who is in which swarm, for all processes of one tracker: what a tracker asks, whether the answer
 * stands in this process's memory or in Redis. `contract.test.ts` holds for both.
 */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { Announce, Introduction } from "@shoal/swarm/tracker/messages";
import type { Source } from "../address.ts";

/** Names one server process, anew at each start. */
export type ProcessId = string;

/** Names one connection to a process. Opaque here: whoever carries the messages chooses it. */
export type ConnectionId = string;

export type Held = Announce["held"];

/** Where a peer can be reached. */
export type Place = {
  readonly process: ProcessId;
  readonly connection: ConnectionId;
  /** When it proved its id there, by the clock that all processes share. The latest place counts. */
  readonly joinedMs: number;
};

/** One peer of one swarm. */
export type Entry = {
  readonly swarm: SwarmId;
  readonly peer: PeerId;
  readonly place: Place;
  readonly introduction: Introduction;
  /** Where it is: never told. */
  readonly source: Source;
  /** What it announced; null before its first announce, when it is reachable but not yet listed. */
  readonly held: Held | null;
};

/** What others are told of a peer, and by what they are put in order. */
export type Other = Pick<Entry, "introduction" | "source">;

export type Listing =
  | {
      /** Any of the listed others, each set of them equally likely. */
      readonly others: readonly Other[];
      /** Both count who asks. */
      readonly seeders: number;
      readonly leechers: number;
      /** Where the peer was until now, if that was elsewhere. */
      readonly replaced: Place | null;
    }
  /** The peer has proven its id at a later place: nothing was changed. */
  | { readonly takenBy: Place };

/**
 * A peer that hasn't announced for the store's lifetime is forgotten. Operations of one caller take
 * effect in the order in which they are called.
 */
export interface SwarmStore {
  /** Notes this entry, in place of what was known of the peer, and finds it up to `numWant` others. */
  announce(entry: Entry, numWant: number): Promise<Listing>;
  /** Takes a peer out, if it is still at this place. */
  leave(entry: Pick<Entry, "swarm" | "peer" | "place">): Promise<void>;
  /** Where a peer of a swarm can be reached; null where it isn't known. */
  find(swarm: SwarmId, peer: PeerId): Promise<Place | null>;
  /**
   * Where those are who announced that they hold all, each place once: of each of these swarms, in
   * their order; none of one that isn't known.
   */
  sources(swarms: readonly SwarmId[]): Promise<readonly (readonly Source[])[]>;
  /** Takes out all peers of a process that has ended. */
  forget(process: ProcessId): Promise<void>;
}

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.process === other.process && one.connection === other.connection;
