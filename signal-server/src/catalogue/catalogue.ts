/**
 * The catalogue: what the keys of shares have said to it, and which entries can be found. It knows
 * neither sockets nor threads; time is an argument, in milliseconds of Unix time.
 *
 * Invariants:
 * - what stands of a share is signed by that share's key, and is the newest that was told;
 * - nothing older of the share is taken for as long as anything older could hold, whether what stands
 *   is an entry, a withdrawal, or an entry that has ended for want of sources;
 * - an entry can be found while it holds, hasn't ended and isn't blocked, and only then;
 * - what is kept is bounded, in all and for each source that brought it.
 */
import { sameBytes } from "@shoal/swarm/bytes";
import { type Entry, isCurrent, type Signed } from "@shoal/swarm/catalogue/entry";
import type { SwarmId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import type { Source } from "../address.ts";
import type { IndexedEntry } from "./word-index.ts";

/** What stands of one share. */
export type Standing = {
  readonly signed: Signed;
  /** Who brought the first statement of this share. */
  readonly from: Source;
  /** When this one was taken. */
  readonly takenMs: number;
  /** Since when the share is listed, under whatever words. */
  readonly listedMs: number;
  /** It is an entry that had no source for too long. */
  readonly hasEnded: boolean;
};

/** An entry that can be found. */
export type Listed = Pick<Standing, "listedMs"> & {
  readonly swarm: SwarmId;
  readonly entry: Entry;
  /** Where its sources are, each place once. */
  readonly sources: readonly Source[];
};

export type Refusal = "malformed" | "blocked" | "expired" | "outdated" | "too-many";

export type CataloguePorts = {
  /** Told of entries that can be found, that can't any more, and of how many sources they have. */
  readonly index: {
    put(entry: IndexedEntry): void;
    remove(swarm: SwarmId): void;
    count(swarm: SwarmId, sources: number): void;
  };
  /** Shares of which something stands, in all. */
  readonly records: number;
  /** How many of them one source may have brought. */
  readonly recordsPerSource: number;
  /** How long an entry may be without sources. */
  readonly graceMs: number;
};

/** Whatever was signed before a statement was taken has expired so long after. */
export const KEPT_MS = LIMITS.entryLifeMs + LIMITS.entryClockMs;
const NO_SOURCES: readonly Source[] = [];

export class Catalogue {
  readonly #ports: CataloguePorts;
  readonly #standing = new Map<SwarmId, Standing>();
  readonly #countFrom = new Map<Source, number>();
  /** Entries that can be found, and where their sources are. */
  readonly #listed = new Map<SwarmId, readonly Source[]>();
  /** The same the other way round. */
  readonly #near = new Map<Source, Set<SwarmId>>();
  /** Entries without a source, and since when: the longest first. */
  readonly #lacking = new Map<SwarmId, number>();
  #blocked: ReadonlySet<SwarmId> = new Set();
  #walk = this.#standing.keys();
  /** Since when it is known of all sources whether they are there. */
  #wholeSinceMs = 0;

  constructor(ports: CataloguePorts) {
    this.#ports = ports;
  }

  /** How many entries can be found, and of how many shares something stands. */
  get size(): { readonly listed: number; readonly records: number } {
    return { listed: this.#listed.size, records: this.#standing.size };
  }

  /** All that stands. */
  standings(): Iterable<Standing> {
    return this.#standing.values();
  }

  standingOf(swarm: SwarmId): Standing | null {
    return this.#standing.get(swarm) ?? null;
  }

  /** All that can be found. */
  *allListed(nowMs: number): Iterable<Listed> {
    for (const swarm of this.#listed.keys()) {
      const listed = this.listed(swarm, nowMs);
      if (listed !== null) yield listed;
    }
  }

  /** The swarms with an entry that has a source at this place; at most so many. */
  near(source: Source, most: number): SwarmId[] {
    return [...(this.#near.get(source) ?? [])].slice(0, most);
  }

  /** An entry that can be found; null for any other swarm, whatever is known of it. */
  listed(swarm: SwarmId, nowMs: number): Listed | null {
    const standing = this.#standing.get(swarm);
    const sources = this.#listed.get(swarm);
    if (standing === undefined || sources === undefined) return null;
    const { stated } = standing.signed;
    if (stated.type !== "entry" || stated.expiresMs <= nowMs) return null;
    return { swarm, entry: stated, sources, listedMs: standing.listedMs };
  }

  /** Takes what somebody brings. What was taken before is taken again, and changes nothing. */
  take(signed: Signed, from: Source, nowMs: number): "listed" | "withdrawn" | Refusal {
    const { swarm, stated } = signed;
    if (this.#blocked.has(swarm)) return "blocked";
    if (stated.expiresMs <= nowMs) return "expired";
    if (!isCurrent(stated, nowMs)) return "malformed"; // No clock is so wrong.
    const before = this.#standing.get(swarm);
    const isSame = before !== undefined && sameBytes(before.signed.bytes, signed.bytes);
    if (before !== undefined && !isSame && stated.sequence <= before.signed.stated.sequence) {
      return "outdated";
    }
    if (before === undefined && !this.#hasRoomFor(from)) return "too-many";
    if (!isSame || before.hasEnded) {
      const listedMs = before && this.#listed.has(swarm) ? before.listedMs : nowMs;
      const takenMs = isSame ? before.takenMs : nowMs;
      const whose = before?.from ?? from;
      this.#set({ signed, from: whose, takenMs, listedMs, hasEnded: false }, nowMs);
    }
    return stated.type === "entry" ? "listed" : "withdrawn";
  }

  /**
   * Takes what all processes go by. Of two statements with the same number it is theirs that holds, and
   * whether one has ended they say. False where there was no room, or it is older.
   */
  adopt(standing: Standing, nowMs: number): boolean {
    const { signed, from, takenMs } = standing;
    const before = this.#standing.get(signed.swarm);
    const sequence = before?.signed.stated.sequence ?? -1;
    if (signed.stated.sequence < sequence || takenMs + KEPT_MS <= nowMs) return false;
    if (before === undefined && this.#standing.size >= this.#ports.records) return false;
    this.#set({ ...standing, from: before?.from ?? from }, nowMs);
    return true;
  }

  /** Notes where an entry's sources are; nothing happens where it can't be found. */
  setSources(swarm: SwarmId, sources: readonly Source[], nowMs: number): void {
    const before = this.#listed.get(swarm);
    if (before === undefined) return;
    if (sources.length === 0) this.#lacking.set(swarm, this.#lacking.get(swarm) ?? nowMs);
    else this.#lacking.delete(swarm);
    this.#place(swarm, before, sources);
    this.#listed.set(swarm, sources);
    if (before.length !== sources.length) this.#ports.index.count(swarm, sources.length);
  }

  /**
   * Ends the entries that have been without a source for too long, and returns what stands of them.
   *
   * @param isWhole Whether all sources are known of: while some aren't, no time passes for this.
   */
  endLacking(isWhole: boolean, nowMs: number): Standing[] {
    if (!isWhole) this.#wholeSinceMs = nowMs;
    const untilMs = nowMs - this.#ports.graceMs;
    const ended: Standing[] = [];
    if (this.#wholeSinceMs > untilMs) return ended;
    for (const [swarm, sinceMs] of this.#lacking) {
      if (sinceMs > untilMs) break;
      const standing = this.#standing.get(swarm);
      if (standing === undefined) continue;
      const hasEnded = { ...standing, hasEnded: true };
      this.#set(hasEnded, nowMs);
      ended.push(hasEnded);
    }
    return ended;
  }

  /**
   * Goes on through all that stands, by so many: forgets what can't be replayed any more, hides what
   * has expired, and returns those that can be found.
   */
  walk(count: number, nowMs: number): SwarmId[] {
    const found: SwarmId[] = [];
    for (let left = Math.min(count, this.#standing.size); left > 0; left--) {
      let next = this.#walk.next();
      if (next.done === true) {
        this.#walk = this.#standing.keys();
        next = this.#walk.next();
      }
      if (next.done === true) break;
      this.#look(next.value, nowMs);
      if (this.#listed.has(next.value)) found.push(next.value);
    }
    return found;
  }

  /** Hides the entries of these swarms, takes none of them, and shows those again that aren't among them. */
  block(swarms: ReadonlySet<SwarmId>, nowMs: number): void {
    const changed = [...swarms, ...this.#blocked];
    this.#blocked = swarms;
    for (const swarm of changed) this.#look(swarm, nowMs);
  }

  #hasRoomFor(from: Source): boolean {
    const { records, recordsPerSource } = this.#ports;
    const count = this.#countFrom.get(from) ?? 0;
    return this.#standing.size < records && count < recordsPerSource;
  }

  #look(swarm: SwarmId, nowMs: number): void {
    const standing = this.#standing.get(swarm);
    if (standing === undefined) return;
    if (standing.takenMs + KEPT_MS > nowMs) return this.#show(standing, false, nowMs);
    this.#standing.delete(swarm);
    this.#hide(swarm);
    this.#countBy(standing.from, -1);
  }

  #set(standing: Standing, nowMs: number): void {
    const { swarm, stated } = standing.signed;
    const before = this.#standing.get(swarm);
    if (before === undefined) this.#countBy(standing.from, 1);
    this.#standing.set(swarm, standing);
    this.#show(standing, !saysTheSame(before?.signed.stated, stated), nowMs);
  }

  #countBy(from: Source, change: 1 | -1): void {
    const count = (this.#countFrom.get(from) ?? 0) + change;
    if (count === 0) this.#countFrom.delete(from);
    else this.#countFrom.set(from, count);
  }

  /** Decides whether it can be found. */
  #show({ signed, hasEnded, listedMs }: Standing, isNew: boolean, nowMs: number): void {
    const { swarm, stated } = signed;
    const holds = stated.type === "entry" && stated.expiresMs > nowMs;
    if (!holds || hasEnded || this.#blocked.has(swarm)) return this.#hide(swarm);
    const sources = this.#listed.get(swarm);
    if (sources === undefined) {
      this.#listed.set(swarm, NO_SOURCES);
      this.#lacking.set(swarm, nowMs);
    }
    if (sources === undefined || isNew) {
      const listed = { swarm, entry: stated, listedMs, sources: sources ?? NO_SOURCES };
      this.#ports.index.put(indexedOf(listed));
    }
  }

  #hide(swarm: SwarmId): void {
    const sources = this.#listed.get(swarm);
    if (sources === undefined) return;
    this.#listed.delete(swarm);
    this.#lacking.delete(swarm);
    this.#place(swarm, sources, NO_SOURCES);
    this.#ports.index.remove(swarm);
  }

  #place(swarm: SwarmId, before: readonly Source[], now: readonly Source[]): void {
    for (const source of before) {
      const swarms = this.#near.get(source);
      swarms?.delete(swarm);
      if (swarms?.size === 0) this.#near.delete(source);
    }
    for (const source of now) {
      const swarms = this.#near.get(source) ?? new Set();
      this.#near.set(source, swarms.add(swarm));
    }
  }
}

/** Whether the index needn't be told of the later one: most statements only renew the one before. */
function saysTheSame(before: Signed["stated"] | undefined, stated: Signed["stated"]): boolean {
  if (before?.type !== "entry" || stated.type !== "entry") return false;
  const words = ({ title, description, tags, kind, totalBytes }: Entry): string =>
    JSON.stringify([title, description, tags, kind, totalBytes]);
  return words(before) === words(stated);
}

/** As the index is told of it. */
export function indexedOf({ swarm, entry, listedMs, sources }: Listed): IndexedEntry {
  const { title, description, tags, kind, totalBytes } = entry;
  return { swarm, title, description, tags, kind, totalBytes, listedMs, sources: sources.length };
}
