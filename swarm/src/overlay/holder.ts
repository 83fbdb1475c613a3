/** Keeps records with the few peers that are nearest to their keys, as peers come and go. */
import type { Core } from "./core.ts";
import type { RingRecord } from "./io.ts";
import type { Link } from "./links.ts";
import { apart, type Position, positionOf } from "./position.ts";
import type { Held, Records } from "./records.ts";

/**
 * Records handed over one link at a time: fewer than it lets through, for other questions go over it as
 * well. A holder that comes between full ones has all of its thousand records after four minutes.
 */
const MOST_AT_ONCE = 10;
const HAND_MS = 2_000;
/**
 * Of the holders the nearest two see to it that one more has a record: should one fail, there is the other.
 * All see to it that the second nearest has it, for it may have come to them past a nearest who is silent.
 */
const GIVERS = 2;

export class Holder {
  readonly #core: Core;
  readonly #records: Records;
  #near: readonly Link[] = [];
  /** Some may not be where they belong. */
  #isDue = false;
  #dueAtMs = 0;
  /** Handed over each link since the last time. */
  readonly #counts = new Map<Link, number>();

  constructor(core: Core, records: Records) {
    this.#core = core;
    this.#records = records;
  }

  /** Somebody would have it held here: its signature is checked first. */
  offered(record: RingRecord): void {
    if (this.#records.wouldTake(record, this.#core.nowMs)) {
      this.#core.emit({ type: "check-record", record });
    }
  }

  /**
   * Whether a record that stands there is for this peer among others. No record of its own lies here but
   * such: by those in other places whoever asks this peer would learn whose they are.
   */
  isFor(at: Position): boolean {
    return this.#core.copies > 1 && this.#core.links.wouldBeNear(at);
  }

  /** Its signature is good. */
  keep(record: RingRecord): void {
    if (!this.#records.take(record, this.#core.nowMs)) return;
    this.#handOn({ record, at: positionOf(record.key) });
  }

  /** Every few seconds. */
  tend(): void {
    const { links, nowMs } = this.#core;
    if (nowMs < this.#dueAtMs) return;
    this.#dueAtMs = nowMs + HAND_MS;
    this.#records.dropExpired(nowMs);
    this.#counts.clear();
    const near = links.near();
    if (!this.#isDue && near === this.#near) return;
    this.#near = near;
    this.#isDue = false;
    for (const held of this.#records.all()) this.#handOn(held);
  }

  /** To those of the nearest few that don't have it by this peer, if it is for this peer to give. */
  #handOn({ record, at }: Held): void {
    const { copies, links, self } = this.#core;
    const mine = apart(self.at, at);
    const others = links.near().toSorted((one, other) => apart(one.at, at) - apart(other.at, at));
    const rank = others.filter((link) => apart(link.at, at) < mine).length;
    if (rank >= copies) return;
    for (const [index, link] of others.slice(0, copies - 1).entries()) {
      const isNearer = index < rank;
      const giversBefore = isNearer ? rank - 1 : rank; // But for the one it is given to.
      const isSecond = (isNearer ? index : index + 1) === 1;
      if (isSecond || giversBefore < GIVERS) this.#hand(link, record, at);
    }
  }

  #hand(link: Link, record: RingRecord, target: Position): void {
    if (link.handed?.has(record) === true) return;
    const count = this.#counts.get(link) ?? 0;
    this.#isDue ||= count >= MOST_AT_ONCE;
    if (count >= MOST_AT_ONCE) return;
    this.#counts.set(link, count + 1);
    link.handed ??= new WeakSet();
    link.handed.add(record);
    const circuit = this.#core.newCircuit();
    const question = { type: "put", record } as const;
    // It ends there.
    this.#core.send(link.id, { type: "question", circuit, target, hopsLeft: 0, question });
  }
}
