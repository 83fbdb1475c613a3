/** A store in Redis, for several processes: a cache that their connected peers rebuild. */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import { decodeIntroduction } from "@shoal/swarm/tracker/messages";
import type { Source } from "../address.ts";
import type { RedisLink } from "../redis.ts";
import { ANNOUNCE, BEAT, FIND, FORGET, LEAVE, type Script, SCRIPTS, SOURCES } from "./scripts.ts";
import type { Entry, Listing, Other, Place, ProcessId, SwarmStore } from "./store.ts";

export type RedisStorePorts = {
  readonly redis: Pick<RedisLink, "command">;
  /** The clock that all processes share: the machines' own. */
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** A peer that hasn't announced for this long is forgotten. */
  readonly lifetimeMs: number;
  /** A process that hasn't beaten for this long has ended. */
  readonly deadAfterMs: number;
  /** Put in front of all keys. */
  readonly prefix: string;
};

/** Entries that one step takes out, so that it keeps nobody waiting. */
const FORGET_AT_ONCE = 500;
/** Swarms whose sources one step looks up. */
const LOOK_UP_AT_ONCE = 100;

export class RedisStore implements SwarmStore {
  readonly #ports: RedisStorePorts;

  constructor(ports: RedisStorePorts) {
    this.#ports = ports;
  }

  /**
   * Makes the scripts known to Redis: to be called before all else, and again where it has forgotten
   * them. Not by whoever misses one: what was sent after that would overtake it.
   */
  async loadScripts(): Promise<void> {
    const { redis } = this.#ports;
    await Promise.all(SCRIPTS.map(({ text }) => redis.command(["SCRIPT", "LOAD", text])));
  }

  /** @throws {Error} Where Redis doesn't answer or has no scripts, as all others here. */
  async announce(entry: Entry, numWant: number): Promise<Listing> {
    const { swarm, peer, held } = entry;
    const text = JSON.stringify(storedOf(entry));
    const reply = await this.#run(ANNOUNCE, [
      ...this.#times(),
      swarm,
      peer,
      text,
      held ?? "",
      entry.source,
      `${numWant}`,
      `${this.#ports.random()}`,
    ]);
    const [kind, ...rest] = listOf(reply);
    if (kind === "taken") {
      const takenBy = placeOf(rest[0]);
      if (takenBy !== null) return { takenBy };
      throw new Error("Redis answers what it was never told");
    }
    const [seeders, listed, replaced, ...others] = rest;
    return {
      others: others.flatMap((other) => otherOf(other) ?? []),
      seeders: Number(seeders),
      leechers: Number(listed) - Number(seeders),
      replaced: placeOf(replaced),
    };
  }

  async leave({ swarm, peer, place }: Pick<Entry, "swarm" | "peer" | "place">): Promise<void> {
    await this.#run(LEAVE, [swarm, peer, place.process, place.connection]);
  }

  async find(swarm: SwarmId, peer: PeerId): Promise<Place | null> {
    return placeOf(await this.#run(FIND, [...this.#times(), swarm, peer]));
  }

  async sources(swarms: readonly SwarmId[]): Promise<readonly (readonly Source[])[]> {
    const found: (readonly Source[])[] = [];
    for (let at = 0; at < swarms.length; at += LOOK_UP_AT_ONCE) {
      const some = swarms.slice(at, at + LOOK_UP_AT_ONCE);
      const replies = listOf(await this.#run(SOURCES, [...this.#times(), ...some]));
      found.push(...some.map((_swarm, index) => listOf(replies[index]).map(String)));
    }
    return found;
  }

  async forget(process: ProcessId): Promise<void> {
    for (let left = 1; left > 0;) {
      left = Number(await this.#run(FORGET, [process, `${FORGET_AT_ONCE}`]));
    }
  }

  /** Says that a process is alive. Whether Redis knew it, and which others have ended since. */
  async beat(process: ProcessId): Promise<{ wasKnown: boolean; dead: readonly ProcessId[] }> {
    const { deadAfterMs, lifetimeMs } = this.#ports;
    const [known, ...dead] = listOf(
      await this.#run(BEAT, [process, `${deadAfterMs}`, `${lifetimeMs}`]),
    );
    return { wasKnown: known === 1, dead: dead.map(String) };
  }

  #times(): string[] {
    const { nowMs, lifetimeMs, deadAfterMs } = this.#ports;
    return [`${nowMs()}`, `${lifetimeMs}`, `${deadAfterMs}`];
  }

  #run({ sha1 }: Script, args: readonly string[]): Promise<unknown> {
    const { redis, prefix } = this.#ports;
    return redis.command(["EVALSHA", sha1, "0", prefix, ...args]);
  }
}

/** As an entry stands in Redis; the scripts read the place's fields. */
function storedOf({ place, introduction, source }: Entry): Record<string, unknown> {
  return { ...place, introduction, source };
}

const listOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? reply : []);

function fieldsOf(text: unknown): Record<string, unknown> | null {
  if (typeof text !== "string" || text === "") return null;
  return JSON.parse(text) as Record<string, unknown>;
}

function placeOf(text: unknown): Place | null {
  const { process, connection, joinedMs } = fieldsOf(text) ?? {};
  if (typeof process !== "string" || typeof connection !== "string") return null;
  return typeof joinedMs === "number" ? { process, connection, joinedMs } : null;
}

function otherOf(text: unknown): Other | null {
  const fields = fieldsOf(text);
  const introduction = decodeIntroduction(fields?.["introduction"]);
  const source = fields?.["source"];
  return introduction === null || typeof source !== "string" ? null : { introduction, source };
}
