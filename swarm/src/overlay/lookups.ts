/**
 * Lookups: a question over two links at once, and again over others where nobody answers, or those who do
 * have nothing. So one neighbour who is silent, or lies, costs another try.
 */
import { sameBytes } from "../bytes.ts";
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";
import type { Answer, CircuitId, LinkId, Question, RingRecord } from "./io.ts";
import { apart, from, type Position, positionOf, type RingId, RING } from "./position.ts";
import { MOST_PER_KEY, type Records } from "./records.ts";

/** By then an answer has come, or won't: several times the round trip over as many hops as are usual. */
const ANSWER_MS = 4_000;
/** First hops of one try, which share no link. */
const WAYS = 2;
const TRIES = 3;
/** Of records that were found: liars among those asked each add as many as a key has. */
const MOST_FOUND = WAYS * TRIES * MOST_PER_KEY;

type Lookup = {
  /** The host's name for it; null: it isn't told what comes of it. */
  readonly name: number | null;
  readonly target: Position;
  readonly question: Question;
  readonly open: Set<CircuitId>;
  /** Links over which it was begun. */
  readonly tried: Set<LinkId>;
  /** As they came: whoever asked checks their signatures. */
  readonly records: RingRecord[];
  nearest: RingId | null;
  /** Of the first answer that says something; null: none has. */
  hops: number | null;
  triesLeft: number;
  endsMs: number;
};

const isSame = (one: RingRecord, other: RingRecord): boolean =>
  one.slot === other.slot &&
  one.sequence === other.sequence &&
  sameBytes(one.content, other.content);

export class Lookups {
  readonly #core: Core;
  readonly #circuits: Circuits;
  readonly #records: Records;
  readonly #all = new Set<Lookup>();

  constructor(core: Core, circuits: Circuits, records: Records) {
    this.#core = core;
    this.#circuits = circuits;
    this.#records = records;
  }

  get size(): number {
    return this.#all.size;
  }

  /** When `tryAgain` has to be called. */
  get dueAtMs(): number {
    let dueAtMs = Infinity;
    for (const { endsMs } of this.#all) dueAtMs = Math.min(dueAtMs, endsMs);
    return dueAtMs;
  }

  /** Nearest to that position, or with that record, or to hold that record. */
  begin(name: number | null, target: Position, question: Question): void {
    const lookup: Lookup = {
      name,
      target,
      question,
      open: new Set(),
      tried: new Set(),
      records: [],
      nearest: null,
      hops: null,
      triesLeft: TRIES,
      endsMs: 0,
    };
    this.#all.add(lookup);
    this.#try(lookup);
  }

  /** Those that nobody answered in time. */
  tryAgain(): void {
    for (const lookup of this.#all) {
      if (this.#core.nowMs < lookup.endsMs) continue;
      for (const circuit of lookup.open) this.#circuits.shun(circuit);
      if (lookup.hops === null && lookup.triesLeft > 0) this.#try(lookup);
      else this.#end(lookup);
    }
  }

  #try(lookup: Lookup): void {
    const { target, question } = lookup;
    const { links, nowMs, self } = this.#core;
    lookup.triesLeft -= 1;
    lookup.endsMs = nowMs + ANSWER_MS;
    lookup.open.clear();
    if (question.type === "get") this.#found(lookup, this.#records.get(question.key, nowMs), 0);
    if (links.next(target, null, null, nowMs) === null) {
      lookup.nearest = self.peer;
      lookup.hops ??= 0;
    }
    if (lookup.hops !== null) return this.#end(lookup);
    const used = new Set<LinkId>();
    for (const aim of this.#aims(lookup)) {
      const all = links.toward(aim, nowMs).filter(({ id }) => !used.has(id));
      const way = all.find(({ id }) => !lookup.tried.has(id)) ?? all[0];
      if (way === undefined) continue;
      used.add(way.id);
      this.#askOver(way.id, aim, lookup);
    }
  }

  /**
   * Where the questions of a try go: to whoever is nearest. But in a record's case that one may be silent,
   * or say that there is nothing: another try asks those beside it.
   */
  #aims({ target, question, triesLeft }: Lookup): readonly Position[] {
    const isAgain = triesLeft < TRIES - 1;
    if (question.type === "find" || !isAgain) return Array<Position>(WAYS).fill(target);
    const gap = RING / this.#core.links.estimatedPeers();
    return [from(target, gap), from(target, RING - gap)];
  }

  #askOver(link: LinkId, aim: Position, lookup: Lookup): void {
    lookup.tried.add(link);
    const circuit = this.#circuits.ask(aim, lookup.question, link, (answer, hops) => {
      if (circuit !== null && lookup.open.delete(circuit)) this.#answered(lookup, answer, hops);
    });
    if (circuit !== null) lookup.open.add(circuit);
  }

  #found(lookup: Lookup, records: readonly RingRecord[], hops: number): void {
    if (records.length > 0) lookup.hops ??= hops;
    for (const record of records.slice(0, MOST_PER_KEY)) {
      const isKnown = lookup.records.some((known) => isSame(known, record));
      if (!isKnown && lookup.records.length < MOST_FOUND) lookup.records.push(record);
    }
  }

  #answered(lookup: Lookup, answer: Answer, hops: number): void {
    if (answer.type === "records") this.#found(lookup, answer.records, hops);
    if (answer.type === "stored") lookup.hops ??= hops;
    if (answer.type === "nearest") {
      const [first] = answer.ids;
      const distance = (id: RingId): number => apart(positionOf(id), lookup.target);
      const isNearer =
        first !== undefined &&
        (lookup.nearest === null || distance(first) < distance(lookup.nearest));
      if (isNearer) lookup.nearest = first;
      lookup.hops ??= hops;
    }
    if (lookup.open.size > 0) return;
    // Those that were asked say that there is nothing: others may know better.
    const isInVain = lookup.question.type === "get" && lookup.hops === null;
    if (isInVain && lookup.triesLeft > 0) this.#try(lookup);
    else this.#end(lookup);
  }

  #end(lookup: Lookup): void {
    this.#all.delete(lookup);
    const { name, hops, records, nearest, open } = lookup;
    if (name === null) return;
    const isLost = hops === null && open.size > 0;
    if (isLost) this.#core.emit({ type: "lost", lookup: name });
    else this.#core.emit({ type: "found", lookup: name, records, nearest, hops: hops ?? 0 });
  }
}
