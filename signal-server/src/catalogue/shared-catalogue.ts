/**
 * The catalogue of several processes. Each holds all of it; what one takes goes into Redis, and the
 * others fetch whatever has changed since they looked last: at start, when they are told that something
 * has, and now and then, so that it doesn't matter if they weren't. What couldn't be put into Redis, or
 * was in one that has forgotten everything, is put there when it is back.
 */
import { randomUUID } from "node:crypto";
import { fromBase64url, toBase64url } from "@shoal/swarm/bytes";
import { openStated } from "@shoal/swarm/catalogue/entry";
import type { CryptoPort } from "@shoal/swarm/crypto";
import { parseSwarmId, type SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import type { RedisLink } from "../redis.ts";
import type { Script } from "../store/scripts.ts";
import { type Catalogue, KEPT_MS, type Standing } from "./catalogue.ts";
import { END, FORGET_OLD, PULL, SAVE, SCRIPTS } from "./scripts.ts";

export type SharedCataloguePorts = {
  readonly redis: Pick<RedisLink, "command" | "subscribe">;
  /** Put in front of all keys and channels. */
  readonly prefix: string;
  readonly catalogue: Catalogue;
  readonly crypto: CryptoPort;
  readonly nowMs: () => number;
  /** Told of swarms whose sources may have changed. */
  readonly noteElsewhere: (swarm: SwarmId) => void;
};

/** So many are sent, fetched or forgotten in one step. */
const AT_ONCE = 200;

export class SharedCatalogue {
  readonly #ports: SharedCataloguePorts;
  #isShared = false;
  #epoch = "";
  #since = 0;
  /** What this process has changed, and Redis may not know. */
  readonly #unsaved = new Set<SwarmId>();
  #syncing: Promise<void> | null = null;
  #isStale = false;

  constructor(ports: SharedCataloguePorts) {
    this.#ports = ports;
    const heard = ports.redis.subscribe(`${ports.prefix}:catalogue`, (text) => this.#heard(text));
    heard.catch(() => undefined); // Safe: it was closed before it connected.
  }

  /** Puts what stands of a share where others find it; later, where Redis is away. */
  async save(swarm: SwarmId): Promise<void> {
    this.#unsaved.add(swarm);
    if (!this.#isShared) return;
    try {
      await this.#put(swarm);
    } catch {
      this.#isShared = false; // Safe: it is tried again with the next `sync`.
    }
  }

  /** Tells the others whose sources have changed here. */
  tell(swarms: readonly SwarmId[]): void {
    if (!this.#isShared) return;
    const { redis, prefix } = this.#ports;
    const told = redis.command(["PUBLISH", `${prefix}:catalogue`, swarms.join(" ")]);
    told.catch(() => undefined); // Safe: they look at all of them in turn.
  }

  /**
   * To be called often, and whenever Redis may be back: fetches what has changed, and puts there what
   * is missing. One that is called while another is under way follows it.
   */
  async sync(): Promise<void> {
    this.#isStale = true;
    this.#syncing ??= this.#syncWhileStale();
    await this.#syncing;
  }

  /** Takes out of Redis what nobody needs to know any more. */
  async forgetOld(): Promise<void> {
    if (!this.#isShared) return;
    try {
      let count = AT_ONCE;
      while (count === AT_ONCE) {
        count = Number(await this.#run(FORGET_OLD, [`${this.#ports.nowMs()}`, `${AT_ONCE}`]));
      }
    } catch {
      this.#isShared = false; // Safe: it is tried again.
    }
  }

  #heard(text: string): void {
    if (text === "changed") return void this.sync();
    for (const name of text.split(" ")) {
      const swarm = parseSwarmId(name);
      if (swarm !== null) this.#ports.noteElsewhere(swarm);
    }
  }

  async #syncWhileStale(): Promise<void> {
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#sync();
      }
    } catch {
      this.#isShared = false; // Safe: it is tried again; the store tells that Redis is away.
    } finally {
      this.#syncing = null;
    }
  }

  async #sync(): Promise<void> {
    const { redis, catalogue, nowMs } = this.#ports;
    if (!this.#isShared) {
      await Promise.all(SCRIPTS.map(({ text }) => redis.command(["SCRIPT", "LOAD", text])));
      // Others may have ended what has sources here.
      for (const { swarm, sources } of catalogue.allListed(nowMs())) {
        if (sources.length > 0) this.#unsaved.add(swarm);
      }
    }
    for (let isLast = false; !isLast;) {
      const { epoch, last, texts } = await this.#pull();
      if (epoch !== this.#epoch) {
        // It has forgotten everything, or is met for the first time: all of it is news to one of both.
        this.#epoch = epoch;
        this.#since = 0;
        for (const { signed } of catalogue.standings()) this.#unsaved.add(signed.swarm);
        continue;
      }
      if (this.#unsaved.size > 0) {
        await this.#putUnsaved();
        continue;
      }
      await Promise.all(texts.map((text) => this.#adopt(text)));
      this.#since = last;
      isLast = texts.length < AT_ONCE;
    }
    this.#isShared = true;
  }

  async #putUnsaved(): Promise<void> {
    const swarms = [...this.#unsaved];
    while (swarms.length > 0) {
      await Promise.all(swarms.splice(-AT_ONCE).map((swarm) => this.#put(swarm)));
    }
  }

  async #put(swarm: SwarmId): Promise<void> {
    const standing = this.#ports.catalogue.standingOf(swarm);
    if (standing !== null) {
      const { signed, hasEnded, takenMs } = standing;
      await this.#run(hasEnded ? END : SAVE, [
        swarm,
        `${signed.stated.sequence}`,
        JSON.stringify(storedOf(standing)),
        `${takenMs + KEPT_MS}`,
        `${KEPT_MS}`,
      ]);
      if (this.#ports.catalogue.standingOf(swarm) !== standing) return;
    }
    this.#unsaved.delete(swarm);
  }

  async #pull(): Promise<{ epoch: string; last: number; texts: readonly string[] }> {
    const args = [randomUUID(), `${this.#since}`, `${AT_ONCE}`, `${KEPT_MS}`];
    const reply = await this.#run(PULL, args);
    const [epoch, last, ...texts] = Array.isArray(reply) ? (reply as unknown[]) : [];
    if (typeof epoch !== "string") throw new Error("Redis answers what it was never told");
    return { epoch, last: Number(last), texts: texts.map(String) };
  }

  async #adopt(text: string): Promise<void> {
    const { catalogue, crypto, nowMs, noteElsewhere } = this.#ports;
    const stored = storedIn(text);
    if (stored === null || this.#isKnown(stored)) return;
    const bytes = fromBase64url(stored.bytes);
    // Whoever can write to Redis can't sign.
    const signed =
      bytes && bytes.length <= LIMITS.entryBytes ? await openStated(bytes, crypto) : null;
    if (signed === null) return;
    const { from, takenMs, listedMs, hasEnded } = stored;
    catalogue.adopt({ signed, from, takenMs, listedMs, hasEnded }, nowMs());
    noteElsewhere(signed.swarm);
  }

  /** Mostly it is what this process has put there. */
  #isKnown({ swarm, bytes, hasEnded }: Stored): boolean {
    const standing = this.#ports.catalogue.standingOf(swarm);
    if (standing?.hasEnded !== hasEnded) return false;
    return toBase64url(standing.signed.bytes) === bytes;
  }

  #run({ sha1 }: Script, args: readonly string[]): Promise<unknown> {
    const { redis, prefix } = this.#ports;
    return redis.command(["EVALSHA", sha1, "0", prefix, ...args]);
  }
}

/** What stands of a share, as it is stored in Redis; the scripts read some of the fields. */
type Stored = Omit<Standing, "signed"> & {
  readonly swarm: SwarmId;
  readonly sequence: number;
  readonly bytes: string;
};

function storedOf({ signed, ...rest }: Standing): Stored {
  const { swarm, stated, bytes } = signed;
  return { ...rest, swarm, sequence: stated.sequence, bytes: toBase64url(bytes) };
}

/** Null for what nothing of ours puts there. */
function storedIn(text: string): Stored | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // Safe: it is passed over.
  }
  if (typeof value !== "object" || value === null) return null;
  const { swarm, sequence, bytes, from, takenMs, listedMs, hasEnded } = value as Record<
    string,
    unknown
  >;
  const id = typeof swarm === "string" ? parseSwarmId(swarm) : null;
  if (id === null || typeof bytes !== "string" || typeof from !== "string") return null;
  if (typeof sequence !== "number" || typeof hasEnded !== "boolean") return null;
  if (typeof takenMs !== "number" || typeof listedMs !== "number") return null;
  return { swarm: id, sequence, bytes, from, takenMs, listedMs, hasEnded };
}
