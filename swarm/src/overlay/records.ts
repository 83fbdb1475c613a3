/** The records that one peer of the ring holds for all: bounded, each with an end. */
import { apart, type Position, positionOf } from "./position.ts";
import type { RingRecord } from "./io.ts";

/** Of all keys; a guess. */
export const MOST_RECORDS = 1000;
export const MOST_BYTES = 2 * 1024 * 1024;
/** Of one key, as many as a swarm's members that a newcomer can do with. */
export const MOST_PER_KEY = 16;
/** A statement of the catalogue, and what says whose it is. */
export const MOST_CONTENT_BYTES = 8 * 1024 + 256;
/** Whoever it is of puts it again long before. */
const MOST_LIFE_MS = 3_600_000;

export type Held = { readonly record: RingRecord; readonly at: Position };

export class Records {
  readonly #self: Position;
  readonly #byKey = new Map<string, Map<string, Held>>();
  #size = 0;
  #contentBytes = 0;

  constructor(self: Position) {
    this.#self = self;
  }

  get size(): number {
    return this.#size;
  }

  /** Of all contents. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** Whether it may be taken once its signature is known to be good. */
  wouldTake(record: RingRecord, nowMs: number): boolean {
    if (record.content.length > MOST_CONTENT_BYTES) return false;
    if (record.expiresMs <= nowMs || record.expiresMs > nowMs + MOST_LIFE_MS) return false;
    const known = this.#byKey.get(record.key)?.get(record.slot);
    return known === undefined || known.record.sequence < record.sequence;
  }

  /** True where it is new here. The farthest make room for it, if it isn't the farthest itself. */
  take(record: RingRecord, nowMs: number): boolean {
    if (!this.wouldTake(record, nowMs)) return false;
    const { key, slot, content } = record;
    const at = positionOf(key);
    this.#drop(record); // An older one of its slot.
    const others = this.#byKey.get(key);
    if (others !== undefined && others.size >= MOST_PER_KEY) this.#dropSoonest(others);
    if (!this.#makeRoom(at, content.length, nowMs)) return false;
    const ofKey = this.#byKey.get(key) ?? new Map<string, Held>();
    this.#byKey.set(key, ofKey);
    ofKey.set(slot, { record, at });
    this.#size += 1;
    this.#contentBytes += content.length;
    return true;
  }

  get(key: string, nowMs: number): readonly RingRecord[] {
    return [...(this.#byKey.get(key)?.values() ?? [])]
      .map(({ record }) => record)
      .filter(({ expiresMs }) => expiresMs > nowMs);
  }

  has(key: string, nowMs: number): boolean {
    for (const { record } of this.#byKey.get(key)?.values() ?? []) {
      if (record.expiresMs > nowMs) return true;
    }
    return false;
  }

  *all(): Iterable<Held> {
    for (const ofKey of this.#byKey.values()) yield* ofKey.values();
  }

  dropExpired(nowMs: number): void {
    for (const held of this.all()) if (held.record.expiresMs <= nowMs) this.#drop(held.record);
  }

  #drop({ key, slot }: RingRecord): void {
    const ofKey = this.#byKey.get(key);
    const held = ofKey?.get(slot);
    if (ofKey === undefined || held === undefined) return;
    ofKey.delete(slot);
    this.#size -= 1;
    this.#contentBytes -= held.record.content.length;
    if (ofKey.size === 0) this.#byKey.delete(key);
  }

  #dropSoonest(ofKey: ReadonlyMap<string, Held>): void {
    const [first] = [...ofKey.values()].toSorted(
      (one, other) => one.record.expiresMs - other.record.expiresMs,
    );
    if (first !== undefined) this.#drop(first.record);
  }

  /** For one more of this size, there; false where there isn't enough that is farther. */
  #makeRoom(at: Position, byteCount: number, nowMs: number): boolean {
    const hasRoom = (): boolean =>
      this.#size < MOST_RECORDS && this.#contentBytes + byteCount <= MOST_BYTES;
    if (!hasRoom()) this.dropExpired(nowMs);
    while (!hasRoom()) if (!this.#dropFarthest(at)) return false;
    return true;
  }

  /** False where nothing is farther than that. */
  #dropFarthest(at: Position): boolean {
    let farthest: Held | null = null;
    let distance = apart(this.#self, at);
    for (const held of this.all()) {
      if (apart(this.#self, held.at) > distance) {
        farthest = held;
        distance = apart(this.#self, held.at);
      }
    }
    if (farthest !== null) this.#drop(farthest.record);
    return farthest !== null;
  }
}
