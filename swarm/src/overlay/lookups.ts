/**
 * Lookups: a question over two links at once, and again over others where nobody answers, or those who do
 * have nothing. So one neighbour who is silent, or lies, costs another try. A record is put with five at
 * once, for one may say that it is stored, and not store it.
 */
import type { Circuits } from "./circuits.ts";
import type { Core } from "./core.ts";
import { FoundRecords, type Origin } from "./found-records.ts";
import type { Answer, CircuitId, LinkId, Question, RingRecord } from "./io.ts";
import { apart, from, type Position, positionOf, type RingId, RING } from "./position.ts";
import { MOST_PER_KEY, type Records } from "./records.ts";

/** By then an answer has come, or won't: several times the round trip over as many hops as are usual. */
const ANSWER_MS = 4_000;
/** Once one has said something, so long is waited for what others know. */
const OTHERS_MS = 1_000;
/** Each of two to five questions, whose first hops share no link where there are enough. */
const TRIES = 3;
/** Who say that they store a record, before that is believed: of two one may lie. */
const STORED_LEAST = 2;

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
  /** Who say that they store it. */
  storedCount: number;
  triesLeft: number;
  /** When who was asked last may be taken for silent, and when it is waited for no more. */
  silentAtMs: number;
  endsMs: number;
};

export class Lookups {
  readonly #core: Core;
  readonly #circuits: Circuits;
  readonly #records: Records;
  /** A record is for this peer to hold. */
  readonly #onMine: (record: RingRecord) => void;
  readonly #all = new Set<Lookup>();

  constructor(
    core: Core,
    circuits: Circuits,
    records: Records,
    onMine: (record: RingRecord) => void,
  ) {
    this.#core = core;
    this.#circuits = circuits;
    this.#records = records;
    this.#onMine = onMine;
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
      storedCount: 0,
      triesLeft: TRIES,
      silentAtMs: 0,
      endsMs: 0,
    };
    this.#all.add(lookup);
    this.#try(lookup);
  }

  /** Those that nobody answered in time. */
  tryAgain(): void {
    for (const lookup of this.#all) {
      if (this.#core.nowMs < lookup.endsMs) continue;
      if (this.#core.nowMs >= lookup.silentAtMs) {
        for (const circuit of lookup.open) this.#circuits.shun(circuit);
      }
      if (lookup.hops === null && lookup.triesLeft > 0) this.#try(lookup);
      else this.#end(lookup);
    }
  }

  #try(lookup: Lookup): void {
    const { target, question } = lookup;
    const { links, nowMs, self } = this.#core;
    lookup.triesLeft -= 1;
    lookup.silentAtMs = lookup.endsMs = nowMs + ANSWER_MS;
    lookup.open.clear();
    if (question.type === "get" && lookup.found.good.length === 0) {
      lookup.found.good.push(...this.#records.get(question.key, nowMs));
    }
    const isNearest = links.next(target, null, null, nowMs) === null;
    const isKnownHere = lookup.found.good.length > 0 || (question.type === "find" && isNearest);
    if (isKnownHere || !this.#askSome(lookup)) {
      lookup.nearest = self.peer;
      lookup.hops ??= 0;
      this.#end(lookup);
    }
  }

  /** False where no link leads anywhere nearer. */
  #askSome(lookup: Lookup): boolean {
    const { links, nowMs } = this.#core;
    const used = new Set<LinkId>();
    let isMine = false;
    for (const aim of this.#aims(lookup)) {
      const leading = links.toward(aim, nowMs);
      isMine ||= leading.length === 0;
      const all = leading.filter(({ id }) => !used.has(id));
      // Of links that are all used, not the first: who stands there may be silent.
      const way = all.find(({ id }) => !lookup.tried.has(id)) ?? all[0] ?? leading[1];
      if (way === undefined) continue;
      used.add(way.id);
      this.#askOver(way.id, aim, lookup);
    }
    if (isMine && lookup.question.type === "put") {
      this.#onMine(lookup.question.record);
      this.#stored(lookup, 0);
    }
    return used.size > 0;
  }

  /**
   * Where the questions of a try go: to whoever is nearest. But in a record's case that one may be silent,
   * or lie: one of two asks somebody beside it, and further tries go to both sides, near and farther away.
   * Gaps between peers differ: one in seven is more than twice as wide as the mean, and a few neighbours
   * say little of what that is; where they are narrow who is far away holds nothing.
   */
  #aims({ target, question, triesLeft }: Lookup): readonly Position[] {
    if (question.type === "find" || this.#core.copies === 1) return [target, target];
    // By chance, so that what goes wrong doesn't again.
    const gap = (RING / this.#core.links.estimatedPeers()) * 2 ** (2 * this.#core.random() - 1);
    const beside = (gaps: number): Position[] => {
      const distance = Math.min(gaps * gap, RING / 2 - 1);
      return [from(target, distance), from(target, RING - distance)];
    };
    const tried = TRIES - 1 - triesLeft;
    if (question.type === "put" && tried === 0) return [target, ...beside(2), ...beside(6)];
    if (tried === 0) return [target, this.#core.any(beside(1)) ?? target];
    return [...beside(tried + 0.5), ...beside(2 * tried + 2)];
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
    if (answer.type === "stored") this.#stored(lookup, origin.hops);
    if (answer.type !== "nearest") return;
    lookup.hops ??= origin.hops;
    const [first] = answer.ids;
    const distance = (id: RingId): number => apart(positionOf(id), lookup.target);
    const isNearer =
      first !== undefined &&
      (lookup.nearest === null || distance(first) < distance(lookup.nearest));
    if (isNearer) lookup.nearest = first;
  }

  #stored(lookup: Lookup, hops: number): void {
    lookup.storedCount += 1;
    if (lookup.storedCount >= Math.min(STORED_LEAST, this.#core.copies)) lookup.hops ??= hops;
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
    if (lookup.hops !== null) lookup.endsMs = Math.min(lookup.endsMs, this.#core.nowMs + OTHERS_MS);
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
