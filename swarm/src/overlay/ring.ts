/**
 * One peer of the ring: a state machine without IO, like the engine. Each is linked with the nearest on
 * both sides (`neighbours.ts`) and with some far away (`fingers.ts`). A question goes hop by hop to whoever
 * is nearest to its target, and its answer comes back the same way (`circuits.ts`), so that nobody on the
 * way learns who asks. New links are negotiated over the ring itself (`calls.ts`).
 *
 * Invariant: whatever a stranger can make grow has a bound in the file that holds it.
 */
import { Calls } from "./calls.ts";
import { Circuits, type Ear } from "./circuits.ts";
import { Core, type RingConfig } from "./core.ts";
import { Fingers } from "./fingers.ts";
import { Holder } from "./holder.ts";
import type {
  Answer,
  CallId,
  CircuitId,
  Effect,
  Input,
  LinkId,
  Message,
  Question,
  RingRecord,
} from "./io.ts";
import { Lookups } from "./lookups.ts";
import { Neighbours } from "./neighbours.ts";
import { type Position, positionOf, type RingId } from "./position.ts";
import { Records } from "./records.ts";

/** How often it is looked whether something has to be done. */
const TEND_MS = 2_000;

/** What it holds for others, and for itself: each has a bound. */
export type RingCounts = {
  readonly links: number;
  /** Ways back that are remembered. */
  readonly circuits: number;
  readonly calls: number;
  readonly lookups: number;
  readonly records: number;
  readonly recordBytes: number;
  /** Peers that are remembered: whom a question for this peer's place found, and who couldn't be reached. */
  readonly heard: number;
  readonly unreached: number;
};

export class Ring {
  readonly #core: Core;
  readonly #records: Records;
  readonly #circuits: Circuits;
  readonly #calls: Calls;
  readonly #neighbours: Neighbours;
  readonly #fingers: Fingers;
  readonly #lookups: Lookups;
  readonly #holder: Holder;
  #tendAtMs = 0;

  constructor(config: RingConfig) {
    this.#core = new Core(config);
    this.#records = new Records(this.#core.self.at);
    this.#circuits = new Circuits(this.#core, this.#records, (...question) =>
      this.#arrived(...question),
    );
    this.#calls = new Calls(this.#core, this.#circuits, (peer, via) =>
      this.#neighbours.callFailed(peer, via),
    );
    this.#neighbours = new Neighbours(this.#core, this.#circuits, this.#calls);
    this.#fingers = new Fingers(this.#core, this.#circuits, this.#calls);
    this.#lookups = new Lookups(this.#core, this.#circuits, this.#records, (record) =>
      this.#holder.offered(record),
    );
    this.#holder = new Holder(this.#core, this.#records);
  }

  get linkCount(): number {
    return this.#core.links.size;
  }

  hasLinkTo(peer: RingId): boolean {
    return this.#core.links.to(peer) !== undefined;
  }

  get recordCount(): number {
    return this.#records.size;
  }

  counts(): RingCounts {
    return {
      links: this.#core.links.size,
      circuits: this.#circuits.size,
      calls: this.#calls.size,
      lookups: this.#lookups.size,
      records: this.#records.size,
      recordBytes: this.#records.contentBytes,
      heard: this.#neighbours.heardCount,
      unreached: this.#calls.unreachedCount,
    };
  }

  /** Ids of those next to it, ahead first. */
  near(): readonly RingId[] {
    return this.#neighbours.ids();
  }

  /** When to call `handle` with `wake`, in the time of `nowMs`. */
  nextWakeMs(): number {
    return Math.min(this.#neighbours.tellAtMs, this.#tendAtMs, this.#lookups.dueAtMs);
  }

  handle(input: Input, nowMs: number): readonly Effect[] {
    this.#core.nowMs = nowMs;
    this.#take(input);
    this.#neighbours.settle();
    this.#wake();
    return this.#core.takeEffects();
  }

  #take(input: Input): void {
    switch (input.type) {
      case "wake":
        return;
      case "link-up":
        return this.#linkUp(input.link, input.peer, input.call);
      case "link-down":
        return this.#linkDown(input.link);
      case "message":
        return this.#message(input.link, input.message);
      case "signal":
        return this.#calls.signal(input.call, input.signal);
      case "call-failed":
        return this.#calls.end(input.call);
      case "reach":
        return this.#calls.reach(input.call, input.to, input.signal);
      case "hang-up":
        return this.#calls.hangUp(input.call);
      case "find":
        return this.#lookups.begin(input.lookup, input.target, { type: "find", except: null });
      case "get": {
        const { lookup, key } = input;
        return this.#lookups.begin(lookup, positionOf(key), { type: "get", key });
      }
      case "put":
        return this.#put(input.record);
      case "record-checked":
        if (!this.#lookups.checked(input.record, input.ok) && input.ok) {
          this.#holder.keep(input.record);
        }
        return;
    }
  }

  #wake(): void {
    const { nowMs } = this.#core;
    if (nowMs >= this.#neighbours.tellAtMs) this.#neighbours.tell();
    if (nowMs >= this.#lookups.dueAtMs) this.#lookups.tryAgain();
    if (nowMs < this.#tendAtMs) return;
    this.#tendAtMs = this.#core.dueIn(TEND_MS);
    this.#calls.endOld();
    this.#circuits.dropOld();
    for (const { id } of this.#core.links.useless(nowMs)) this.#close(id);
    this.#neighbours.tend();
    this.#fingers.tend();
    this.#holder.tend();
  }

  #linkUp(id: LinkId, peer: RingId, callId: CallId | null): void {
    const { links, nowMs, self } = this.#core;
    const call = this.#calls.linkUp(callId, peer);
    const isMine = call !== undefined && call.peer !== null;
    const rank = call === undefined ? 0 : isMine === self.peer < peer ? 2 : 1;
    const before = links.to(peer);
    if (peer === self.peer || (before !== undefined && before.rank >= rank)) {
      return this.#core.emit({ type: "close", link: id });
    }
    if (before !== undefined) this.#close(before.id);
    const link = links.add(id, peer, rank, nowMs);
    link.isFinger = isMine && call.purpose === "finger";
    this.#core.send(id, { type: "hello", purpose: link.isFinger ? "finger" : "near" });
    if (link.isFinger) this.#fingers.changed();
    this.#neighbours.linkUp(link, callId === null);
  }

  #close(id: LinkId): void {
    this.#core.emit({ type: "close", link: id });
    this.#linkDown(id);
  }

  #linkDown(id: LinkId): void {
    const link = this.#core.links.remove(id);
    if (link === undefined) return;
    if (link.isFinger) this.#fingers.changed();
    this.#circuits.linkDown(id);
    this.#neighbours.linkDown();
  }

  #message(id: LinkId, message: Message): void {
    const link = this.#core.links.get(id);
    if (link === undefined) return;
    switch (message.type) {
      case "hello":
        link.isTheirFinger = message.purpose === "finger";
        return;
      case "near":
        return this.#neighbours.toldBy(link, message.ids);
      case "question":
        return this.#circuits.question(link, message);
      case "answer":
        return this.#circuits.answer(link, message);
      case "more":
        return this.#circuits.more(link, message);
    }
  }

  /** What this peer says to a question that ends here. */
  #arrived(circuit: CircuitId, target: Position, question: Question): Answer | Ear {
    switch (question.type) {
      case "find":
        return { type: "nearest", ids: this.#neighbours.nearestTo(target, question.except) };
      case "get":
        return {
          type: "records",
          records: this.#records.get(question.key, this.#core.nowMs),
        };
      case "put":
        this.#holder.offered(question.record);
        return { type: "stored" };
      case "call":
        return this.#calls.called(circuit, question);
    }
  }

  /** With those nearest to its key; this peer may be one of them, or the nearest. */
  #put(record: RingRecord): void {
    const target = positionOf(record.key);
    const isNearest = this.#core.links.next(target, null, null, this.#core.nowMs) === null;
    if (isNearest || this.#holder.isFor(target)) this.#holder.offered(record);
    if (isNearest) return;
    this.#lookups.begin(null, target, { type: "put", record });
  }
}
