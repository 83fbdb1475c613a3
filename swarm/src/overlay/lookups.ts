/**
 * Lookups: a question over two links at once, and again over others where nobody answers, or those who do
 * have nothing. So one neighbour who is silent, or lies, costs another try.
 */
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";
import { FoundRecords, type Origin } from "./found-records.ts";
import type { Answer, CircuitId, LinkId, Question, RingRecord } from "./io.ts";
import { apart, from, type Position, positionOf, type RingId, RING } from "./position.ts";
import { MOST_PER_KEY, type Records } from "./records.ts";

/** By then an answer has come, or won't: several times the round trip over as many hops as are usual. */
const ANSWER_MS = 4_000;
/** Of two questions each, whose first hops share no link. */
const TRIES = 3;

/** What answers a question; anything else is nothing. */
const ANSWERS = { find: "nearest", get: "records", put: "stored", call: "signal" } as const;

type Lookup = {
  /** The host's name for it; null: it isn't told what comes of it. */
  readonly name: number | null;
  readonly target: Position;
  readonly question: Question;
  readonly open: Set<CircuitId>;
  /** Links over which it was begun. */
  readonly tried: Set<LinkId>;
  readonly found: FoundRecords;
  nearest: RingId | null;
  /** Of the first answer that says something; null: none has. */
  hops: number | null;
  /** Somebody said at least that there is nothing. */
  isAnswered: boolean;
  triesLeft: number;
  endsMs: number;
};

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
      found: new FoundRecords(),
      nearest: null,
      hops: null,
      isAnswered: false,
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
    if (question.type === "get" && lookup.found.good.length === 0) {
      lookup.found.good.push(...this.#records.get(question.key, nowMs));
    }
    const isNearest = links.next(target, null, null, nowMs) === null;
    const isKnownHere = lookup.found.good.length > 0 || (question.type === "find" && isNearest);
    if (isKnownHere || !this.#askTwo(lookup)) {
      lookup.nearest = self.peer;
      lookup.hops ??= 0;
      this.#end(lookup);
    }
  }

  /** False where no link leads anywhere nearer. */
  #askTwo(lookup: Lookup): boolean {
    const { links, nowMs } = this.#core;
    const used = new Set<LinkId>();
    for (const aim of this.#aims(lookup)) {
      const all = links.toward(aim, nowMs).filter(({ id }) => !used.has(id));
      const way = all.find(({ id }) => !lookup.tried.has(id)) ?? all[0];
      if (way === undefined) continue;
      used.add(way.id);
      this.#askOver(way.id, aim, lookup);
    }
    return used.size > 0;
  }

  /**
   * Where the questions of a try go: to whoever is nearest. But in a record's case that one may be silent,
   * or lie: one of two asks somebody beside it, and further tries two who are farther away each time. Gaps
   * between peers differ: one in seven is more than twice as wide as the mean.
   */
  #aims({ target, question, triesLeft }: Lookup): readonly Position[] {
    if (question.type === "find") return [target, target];
    const tried = TRIES - 1 - triesLeft;
    const distance = ((1 + tried) * RING) / (this.#core.links.estimatedPeers() + tried);
    const beside = [from(target, distance), from(target, RING - distance)];
    return tried > 0 ? beside : [target, this.#core.any(beside) ?? target];
  }

  #askOver(link: LinkId, aim: Position, lookup: Lookup): void {
    lookup.tried.add(link);
    const circuit = this.#circuits.ask(aim, lookup.question, link, (answer, hops) => {
      if (circuit === null || !lookup.open.delete(circuit)) return;
      if (answer.type === ANSWERS[lookup.question.type]) {
        lookup.isAnswered = true;
        this.#learn(lookup, answer, { link, hops });
      }
      this.#goOn(lookup);
    });
    if (circuit !== null) lookup.open.add(circuit);
  }

  #learn(lookup: Lookup, answer: Answer, origin: Origin): void {
    if (answer.type === "records") {
      for (const record of answer.records.slice(0, MOST_PER_KEY)) {
        const isWanted = lookup.question.type === "get" && record.key === lookup.question.key;
        if (isWanted && lookup.found.offer(record, origin)) {
          this.#core.emit({ type: "check-record", record });
        }
      }
      return;
    }
    lookup.hops ??= origin.hops;
    if (answer.type !== "nearest") return;
    const [first] = answer.ids;
    const distance = (id: RingId): number => apart(positionOf(id), lookup.target);
    const isNearer =
      first !== undefined &&
      (lookup.nearest === null || distance(first) < distance(lookup.nearest));
    if (isNearer) lookup.nearest = first;
  }

  /** The signature of a record was looked at. False where it is of no lookup. */
  checked(record: RingRecord, ok: boolean): boolean {
    for (const lookup of this.#all) {
      const origin = lookup.found.checked(record, ok);
      if (origin === null) continue;
      if (ok) lookup.hops ??= origin.hops;
      else this.#core.links.shun(origin.link, this.#core.nowMs);
      this.#goOn(lookup);
      return true;
    }
    return false;
  }

  /** Once all that was asked is answered: those who know nothing are followed by others. */
  #goOn(lookup: Lookup): void {
    if (lookup.open.size > 0 || lookup.found.isChecking) return;
    if (lookup.hops === null && lookup.triesLeft > 0) this.#try(lookup);
    else this.#end(lookup);
  }

  #end(lookup: Lookup): void {
    this.#all.delete(lookup);
    const { name, hops, found, nearest, isAnswered } = lookup;
    if (name === null) return;
    if (hops === null && !isAnswered) return this.#core.emit({ type: "lost", lookup: name });
    const what = { records: found.good, nearest, hops: hops ?? 0 };
    this.#core.emit({ type: "found", lookup: name, ...what });
  }
}
