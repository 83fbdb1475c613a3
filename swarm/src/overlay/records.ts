/** The records that one peer of the ring holds for all: bounded, each with an end. */
import { apart, type Position, positionOf } from "./position.ts";
import type { RingRecord } from "./io.ts";

/** Of all keys; a guess: 2 MB at most. */
const MOST_RECORDS = 1000;
/** Of one key, as many as a swarm's members that a newcomer can do with. */
export const MOST_PER_KEY = 16;
export const MOST_CONTENT_BYTES = 2048;
/** Whoever it is of puts it again long before. */
const MOST_LIFE_MS = 3_600_000;

export type Held = { readonly record: RingRecord; readonly at: Position };

export class Records {
  readonly #self: Position;
  readonly #byKey = new Map<string, Map<string, Held>>();
  #size = 0;

  constructor(self: Position) {
    this.#self = self;
  }

  get size(): number {
    return this.#size;
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
    this.dropExpired(nowMs);
    const at = positionOf(record.key);
    const ofKey = this.#byKey.get(record.key) ?? new Map<string, Held>();
    const isKnown = ofKey.has(record.slot);
    if (!isKnown && ofKey.size >= MOST_PER_KEY) this.#dropSoonest(ofKey);
    if (!isKnown && this.#size >= MOST_RECORDS && !this.#dropFarthest(at)) return false;
    this.#byKey.set(record.key, ofKey);
    if (!isKnown) this.#size += 1;
    ofKey.set(record.slot, { record, at });
    return true;
  }

  get(key: string, nowMs: number): readonly RingRecord[] {
    return [...(this.#byKey.get(key)?.values() ?? [])]
      .map(({ record }) => record)
      .filter(({ expiresMs }) => expiresMs > nowMs);
  }

  *all(): Iterable<Held> {
    for (const ofKey of this.#byKey.values()) yield* ofKey.values();
  }

  dropExpired(nowMs: number): void {
    for (const held of this.all()) if (held.record.expiresMs <= nowMs) this.#drop(held.record);
  }

  #drop({ key, slot }: RingRecord): void {
    const ofKey = this.#byKey.get(key);
    if (ofKey?.delete(slot) !== true) return;
    this.#size -= 1;
    if (ofKey.size === 0) this.#byKey.delete(key);
  }

  #dropSoonest(ofKey: ReadonlyMap<string, Held>): void {
    const [first] = [...ofKey.values()].toSorted(
      (one, other) => one.record.expiresMs - other.record.expiresMs,
    );
    if (first !== undefined) this.#drop(first.record);
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
