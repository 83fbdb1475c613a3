/**
 * The tracker: who is in which swarm, and on which connection each can be reached. It knows no
 * socket, no clock and no chance: connections are opaque names, the rest comes as arguments.
 *
 * Invariants:
 * - a peer is in a swarm on at most one connection: the one on which it proved its id last;
 * - a connection is in a swarm as at most one peer, and in a bounded number of swarms;
 * - a swarm without members doesn't exist, so an unknown one and an empty one are the same;
 * - nothing here lists swarms.
 */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { Announce, Introduction } from "@shoal/swarm/tracker/messages";
import { distance } from "./address.ts";
import { type ConnectionId, type Member, Swarm } from "./swarm.ts";

export type TrackerBounds = {
  readonly swarmsPerConnection: number;
  /** A member that hasn't joined or announced for this long is forgotten. */
  readonly lifetimeMs: number;
};

/** What an announce is answered with. The counts include the asker. */
export type Company = {
  readonly peers: readonly Introduction[];
  readonly seeders: number;
  readonly leechers: number;
};

/** Where a signal goes, and as whom its sender is known there. */
export type Route = { readonly from: PeerId; readonly connection: ConnectionId };

/** Times are of one clock that never runs backwards. */
export class Tracker {
  readonly #bounds: TrackerBounds;
  readonly #random: () => number;
  readonly #swarms = new Map<SwarmId, Swarm>();
  readonly #connections = new Map<ConnectionId, Map<SwarmId, Member>>();
  /** All members, the one not seen for longest first. */
  readonly #byAge = new Set<Member>();

  /** `random` gives numbers in [0, 1). */
  constructor(bounds: TrackerBounds, random: () => number) {
    this.#bounds = bounds;
    this.#random = random;
  }

  /** How much is kept: for tests and for whoever watches the process. */
  get size(): { readonly swarms: number; readonly members: number; readonly connections: number } {
    return {
      swarms: this.#swarms.size,
      members: this.#byAge.size,
      connections: this.#connections.size,
    };
  }

  /**
   * Puts a peer into a swarm. The caller has checked that the connection's owner holds the peer's
   * key: so a peer that is there already on another connection is the same one, come back, and the
   * newer connection takes its place. It is listed for others with its first announce.
   *
   * "full": the connection is in as many swarms as it may be; nothing has changed.
   */
  join(
    connection: ConnectionId,
    swarmId: SwarmId,
    peer: PeerId,
    { introduction, source }: Pick<Member, "introduction" | "source">,
    nowMs: number,
  ): "joined" | "full" {
    this.expire(nowMs);
    const mine = this.#connections.get(connection);
    const before = mine?.get(swarmId);
    if (!before && mine && mine.size >= this.#bounds.swarmsPerConnection) return "full";
    const elsewhere = this.#swarms.get(swarmId)?.get(peer);
    const held = before?.peer === peer ? before.held : null;
    if (before) this.#remove(before);
    if (elsewhere && elsewhere !== before) this.#remove(elsewhere);
    const fields = { swarm: swarmId, peer, connection, introduction, source };
    this.#add({ ...fields, held: null, seenMs: nowMs }, held);
    return "joined";
  }

  /**
   * Notes what the connection's peer holds, and finds it others: any of them, the nearest of those
   * first. Null: it isn't in that swarm.
   */
  announce(connection: ConnectionId, announce: Announce, nowMs: number): Company | null {
    this.expire(nowMs);
    const member = this.#connections.get(connection)?.get(announce.swarm);
    const swarm = this.#swarms.get(announce.swarm);
    if (!member || !swarm) return null;
    member.seenMs = nowMs;
    this.#byAge.delete(member);
    this.#byAge.add(member);
    swarm.list(member, announce.held);
    const byDistance: Introduction[][] = [[], [], []];
    for (const { source, introduction } of swarm.sample(member, announce.numWant, this.#random)) {
      byDistance[distance(member.source, source)]?.push(introduction);
    }
    return { peers: byDistance.flat(), seeders: swarm.seeders, leechers: swarm.leechers };
  }

  /** Takes the connection's peer out of a swarm; nothing happens where it isn't in it. */
  leave(connection: ConnectionId, swarmId: SwarmId): void {
    const member = this.#connections.get(connection)?.get(swarmId);
    if (member) this.#remove(member);
  }

  /** Takes a connection that has ended out of all its swarms. */
  drop(connection: ConnectionId): void {
    const members = this.#connections.get(connection);
    for (const member of members ? [...members.values()] : []) this.#remove(member);
  }

  /**
   * The way from a connection to a peer of the same swarm. "unproven": the connection isn't in it.
   * "unreachable": the receiver isn't, whether it is elsewhere, gone or was never there; or it is
   * the sender itself.
   */
  route(
    connection: ConnectionId,
    swarmId: SwarmId,
    to: PeerId,
    nowMs: number,
  ): Route | "unproven" | "unreachable" {
    this.expire(nowMs);
    const sender = this.#connections.get(connection)?.get(swarmId);
    if (!sender) return "unproven";
    const receiver = this.#swarms.get(swarmId)?.get(to);
    if (!receiver || receiver === sender) return "unreachable";
    return { from: sender.peer, connection: receiver.connection };
  }

  /** Forgets members that haven't been seen for their lifetime. */
  expire(nowMs: number): void {
    for (const member of this.#byAge) {
      if (nowMs - member.seenMs < this.#bounds.lifetimeMs) return;
      this.#remove(member);
    }
  }

  #add(member: Member, held: Announce["held"] | null): void {
    const swarm = this.#swarms.get(member.swarm) ?? new Swarm();
    this.#swarms.set(member.swarm, swarm);
    swarm.add(member);
    if (held !== null) swarm.list(member, held);
    const mine = this.#connections.get(member.connection) ?? new Map<SwarmId, Member>();
    this.#connections.set(member.connection, mine);
    mine.set(member.swarm, member);
    this.#byAge.add(member);
  }

  #remove(member: Member): void {
    const swarm = this.#swarms.get(member.swarm);
    swarm?.remove(member);
    if (swarm?.size === 0) this.#swarms.delete(member.swarm);
    const mine = this.#connections.get(member.connection);
    mine?.delete(member.swarm);
    if (mine?.size === 0) this.#connections.delete(member.connection);
    this.#byAge.delete(member);
  }
}
