/**
 * What a search looks at of each entry, and what it notes: in columns, by the entry's number, since one
 * goes through very many.
 */
import type { Kind } from "@shoal/swarm/catalogue/entry";

export type Facts = {
  readonly kind: Kind;
  readonly totalBytes: number;
  readonly listedMs: number;
  /** How many it has now. */
  readonly sources: number;
};

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

export class Columns {
  #capacity = 0;
  #kinds = new Uint8Array(0);
  #totalBytes = new Float64Array(0);
  #listedMs = new Float64Array(0);
  #sources = new Uint32Array(0);
  /** Of which search the notes are: so that nothing has to be cleared. */
  #searches = new Uint32Array(0);
  #wordCounts = new Uint8Array(0);
  #headCounts = new Uint8Array(0);
  #near = new Uint8Array(0);
  readonly #kindNumbers = new Map<Kind, number>();
  #search = 0;

  put(id: number, { kind, totalBytes, listedMs, sources }: Facts): void {
    if (id >= this.#capacity) this.#grow(2 * id + 64);
    this.#kinds[id] = this.#numberOf(kind);
    this.#totalBytes[id] = totalBytes;
    this.#listedMs[id] = listedMs;
    this.#sources[id] = sources;
    this.#searches[id] = 0;
  }

  count(id: number, sources: number): void {
    this.#sources[id] = sources;
  }

  sources(id: number): number {
    return this.#sources[id] ?? 0;
  }

  isNear(id: number): boolean {
    return this.#searches[id] === this.#search && this.#near[id] === 1;
  }

  /** What was noted before doesn't hold any more. */
  begin(): void {
    this.#search = (this.#search + 1) % 2 ** 32;
  }

  noteNear(id: number): void {
    this.#open(id);
    this.#near[id] = 1;
  }

  /** Notes the next word of an entry that has so many; false where it has fewer, or this one already. */
  noteWord(id: number, before: number, isInHead: boolean): boolean {
    this.#open(id);
    if (this.#wordCounts[id] !== before) return false;
    this.#wordCounts[id] = before + 1;
    if (isInHead) this.#headCounts[id] = (this.#headCounts[id] ?? 0) + 1;
    return true;
  }

  /** Whether it has what is wanted of kind and size. */
  fits(id: number, wanted: { kind: Kind | null; minBytes: number; maxBytes: number }): boolean {
    const bytes = this.#totalBytes[id] ?? 0;
    const isOfKind = wanted.kind === null || this.#kinds[id] === this.#numberOf(wanted.kind);
    return isOfKind && bytes >= wanted.minBytes && bytes <= wanted.maxBytes;
  }

  /** Those with words in their titles or tags first, then the most sources, near ones, the latest. */
  readonly byStanding = (one: number, other: number): number =>
    this.#heads(other) - this.#heads(one) ||
    this.sources(other) - this.sources(one) ||
    Number(this.isNear(other)) - Number(this.isNear(one)) ||
    (this.#listedMs[other] ?? 0) - (this.#listedMs[one] ?? 0);

  /** How many of its words are in title or tags. */
  #heads(id: number): number {
    return this.#searches[id] === this.#search ? (this.#headCounts[id] ?? 0) : 0;
  }

  /** An entry's notes, empty where they are of another search. */
  #open(id: number): void {
    if (this.#searches[id] === this.#search) return;
    this.#searches[id] = this.#search;
    this.#wordCounts[id] = 0;
    this.#headCounts[id] = 0;
    this.#near[id] = 0;
  }

  #numberOf(kind: Kind): number {
    const known = this.#kindNumbers.get(kind) ?? this.#kindNumbers.size;
    this.#kindNumbers.set(kind, known);
    return known;
  }

  #grow(capacity: number): void {
    this.#capacity = capacity;
    this.#kinds = grown(this.#kinds, new Uint8Array(capacity));
    this.#totalBytes = grown(this.#totalBytes, new Float64Array(capacity));
    this.#listedMs = grown(this.#listedMs, new Float64Array(capacity));
    this.#sources = grown(this.#sources, new Uint32Array(capacity));
    this.#searches = grown(this.#searches, new Uint32Array(capacity));
    this.#wordCounts = grown(this.#wordCounts, new Uint8Array(capacity));
    this.#headCounts = grown(this.#headCounts, new Uint8Array(capacity));
    this.#near = grown(this.#near, new Uint8Array(capacity));
  }
}

function grown<Kept extends Column>(column: Kept, larger: Kept): Kept {
  larger.set(column);
  return larger;
}
