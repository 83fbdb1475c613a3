/** What answers to one lookup brought: records whose signatures are good, and those that are being looked at. */
import { sameBytes } from "../bytes.ts";
import type { LinkId, RingRecord } from "./io.ts";
import { MOST_PER_KEY } from "./records.ts";

/** Of one lookup: ten answers, each with as many as a key has, or as many lies. */
const MOST_FOUND = 10 * MOST_PER_KEY;

/** Where a record came from: the link, and over how many links. */
export type Origin = { readonly link: LinkId; readonly hops: number };

const isSame = (one: RingRecord, other: RingRecord): boolean =>
  one.key === other.key &&
  one.slot === other.slot &&
  one.sequence === other.sequence &&
  one.expiresMs === other.expiresMs &&
  sameBytes(one.content, other.content);

export class FoundRecords {
  readonly good: RingRecord[] = [];
  readonly #unchecked = new Map<RingRecord, Origin>();
  #count = 0;

  get isChecking(): boolean {
    return this.#unchecked.size > 0;
  }

  /** One that a stranger gave: true where its signature has to be looked at. */
  offer(record: RingRecord, origin: Origin): boolean {
    const known = [...this.good, ...this.#unchecked.keys()];
    if (this.#count >= MOST_FOUND || known.some((one) => isSame(one, record))) return false;
    this.#count += 1;
    this.#unchecked.set(record, origin);
    return true;
  }

  /** Its signature was looked at. Null where it isn't one of these. */
  checked(record: RingRecord, ok: boolean): Origin | null {
    for (const [one, origin] of this.#unchecked) {
      if (!isSame(one, record)) continue;
      this.#unchecked.delete(one);
      if (ok) this.good.push(one);
      return origin;
    }
    return null;
  }
}
