/** What all swarms here stand on: in this process's memory, or shared with others through Redis. */
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { IncomingSignal } from "@shoal/swarm/tracker/messages";
import type { Bus, Hear } from "./bus/bus.ts";
import { MemoryHub } from "./bus/memory-bus.ts";
import { RedisBus } from "./bus/redis-bus.ts";
import type { Exchanges } from "./exchanges.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { RedisLink } from "./redis.ts";
import type { Source } from "./address.ts";
import { MemoryStore } from "./store/memory-store.ts";
import { RedisStore } from "./store/redis-store.ts";
import { SharedStore, type SharedStorePorts } from "./store/shared-store.ts";
import type { ConnectionId, Place, SwarmStore } from "./store/store.ts";
import { Tracker } from "./tracker.ts";

/** Put in front of all that is in Redis. */
export const PREFIX = "shoal";

export type StoreState =
  /** There is no other process to share with. */
  | "memory"
  /** Swarms are shared with all other processes. */
  | "shared"
  /** Redis is away: peers meet those of this process only. */
  | "cut-off";

export type Swarms = {
  readonly tracker: Tracker;
  readonly state: () => StoreState;
  /** Swarms that peers of this process are in. */
  readonly swarmCount: () => number;
  /** Where those are who hold all, each place once, of each of these swarms. */
  readonly sources: (swarms: readonly SwarmId[]) => Promise<readonly (readonly Source[])[]>;
  /** Brings a signal to a peer, here or at another process. */
  readonly deliver: (at: Place, to: PeerId, signal: IncomingSignal) => Promise<boolean>;
  /** Forgets whose time is up. */
  readonly expire: () => void;
  /** Takes this process's peers out of what is shared. */
  readonly close: () => Promise<void>;
};

export type SwarmsPorts = {
  readonly exchanges: Exchanges;
  /** Hands a signal to a connection of this process; false where it is gone. */
  readonly hand: (to: ConnectionId, signal: IncomingSignal) => boolean;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Told of swarms in which somebody of this process who holds all has come or gone. */
  readonly seedersChanged: (swarm: SwarmId) => void;
};

/** Of the machine, which others share, and yet it never runs backwards. In whole milliseconds. */
const sharedNowMs = (): number => Math.floor(performance.timeOrigin + performance.now());

/** @param redis Null: in memory only. */
export function openSwarms(redis: RedisLink | null, ports: SwarmsPorts): Swarms {
  const { exchanges, hand, nowMs, seedersChanged } = ports;
  const process = randomUUID();
  const own = new MemoryStore({
    nowMs,
    random: Math.random,
    lifetimeMs: SERVER_LIMITS.memberLifetimeMs,
    seedersChanged,
  });
  const hear: Hear = (message) => {
    const { connection } = message;
    if (message.type === "taken") {
      const { swarm, peer, joinedMs } = message;
      const place = { process, connection, joinedMs };
      const isGone = tracker.forget(place, swarm, peer);
      if (isGone) void own.leave({ swarm, peer, place });
      return isGone;
    }
    const { to, signal } = message;
    if (!tracker.isAt(connection, signal.swarm, to)) return false;
    return exchanges.pass({ ...signal, to }, nowMs()) && hand(connection, signal);
  };
  const { store, bus, state, close } =
    redis === null
      ? alone(own, process, hear)
      : together(redis, own, process, ports, {
          hear,
          putBack: (entry, listing) => tracker.heed(entry, listing),
        });
  const tracker = new Tracker({
    process,
    store,
    nowMs: sharedNowMs,
    taken: (from, swarm, peer) => {
      const { connection, joinedMs } = from;
      void bus.send(from.process, { type: "taken", connection, joinedMs, swarm, peer });
    },
    swarmsPerConnection: SERVER_LIMITS.swarmsPerSocket,
  });
  return {
    tracker,
    state,
    swarmCount: () => own.size.swarms,
    sources: (swarms) => store.sources(swarms),
    deliver: async ({ process: at, connection }, to, signal) =>
      at === process
        ? hand(connection, signal)
        : bus.send(at, { type: "signal", connection, to, signal }),
    expire: () => own.expire(),
    close,
  };
}

type Backing = {
  readonly store: SwarmStore;
  readonly bus: Bus;
  readonly state: () => StoreState;
  readonly close: () => Promise<void>;
};

function alone(own: MemoryStore, process: string, hear: Hear): Backing {
  const bus = new MemoryHub().join(process, hear);
  return { store: own, bus, state: () => "memory", close: async () => bus.close() };
}

function together(
  redis: RedisLink,
  own: MemoryStore,
  process: string,
  { log }: SwarmsPorts,
  { hear, putBack }: { readonly hear: Hear } & Pick<SharedStorePorts, "putBack">,
): Backing {
  const { memberLifetimeMs: lifetimeMs, heartbeatMs, deadAfterMs } = SERVER_LIMITS;
  const shared = new RedisStore({
    redis,
    nowMs: sharedNowMs,
    random: Math.random,
    lifetimeMs,
    deadAfterMs,
    prefix: PREFIX,
  });
  const store = new SharedStore({
    process,
    own,
    shared,
    putBack,
    changed: (isShared, err) => {
      if (isShared) log.info("Redis is there: swarms are shared with the other processes");
      else log.error({ err }, "Redis is away: until it is back, peers meet those of this process");
    },
  });
  const bus = RedisBus.join(process, { redis, prefix: PREFIX, hear });
  redis.onReady(() => void store.beat());
  const heartbeat = setInterval(() => void store.beat(), heartbeatMs);
  return {
    store,
    bus,
    state: () => (store.isShared ? "shared" : "cut-off"),
    close: async () => {
      clearInterval(heartbeat);
      await store.withdraw();
      bus.close();
    },
  };
}
