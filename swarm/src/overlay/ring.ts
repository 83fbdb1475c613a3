/**
 * One peer of the ring: a state machine without IO, like the engine. Peers stand on a ring by the hash of
 * their ring key. Each is linked with the nearest on both sides and with one peer, by chance, in each
 * doubling of distance (fingers, as in Chord; drawn within their octave, as in Symphony). A question goes
 * hop by hop to whoever is nearest to its target, and its answer comes back the same way, so that nobody
 * on the way learns who asks. New links are negotiated over the ring itself.
 *
 * Invariants: a question only ever moves nearer to its target, so none goes in circles; whatever a
 * stranger can make grow has a bound in this file or beside it.
 */
import { type Bytes, sameBytes } from "../bytes.ts";
import type {
  Answer,
  CallId,
  CircuitId,
  Effect,
  Input,
  LinkId,
  LinkPurpose,
  Message,
  Purpose,
  Question,
  RingRecord,
} from "./io.ts";
import { type Link, Links, NEAR_EACH_SIDE, type Place, placeOf } from "./links.ts";
import { ahead, apart, from, type Position, positionOf, type RingId, RING } from "./position.ts";
import { MOST_PER_KEY, Records } from "./records.ts";

/** More than a ring of a million needs. */
const MOST_HOPS = 32;
/** By then an answer has come, or won't: several times the round trip over as many hops as are usual. */
const ANSWER_MS = 4_000;
/** How long the way back of a question is remembered; a call's signals follow one another quickly. */
const CIRCUIT_MS = 30_000;
/** Ways back remembered at once; the oldest goes. */
const MOST_CIRCUITS = 2048;
/** By then a connection has come about, or won't. */
const CALL_MS = 15_000;
/** For links, of one's own and of others' each. */
const MOST_LINK_CALLS = 6;
/** For swarms, likewise: as many as a newcomer dials at once. */
const MOST_SWARM_CALLS = 16;
/** Who couldn't be reached is left alone for so long. */
const CALL_AGAIN_MS = 20_000;
const MOST_REMEMBERED = 256;
const SHUNNED_MS = 30_000;
/** First hops of one try of a lookup, which share no link. */
const WAYS = 2;
const TRIES = 3;
/** What a new neighbourhood settles by before it is told. */
const TELL_MS = 300;
const TEND_MS = 2_000;
const FINGER_MS = 5_000;
/** How often a peer looks for itself from afar, which finds a ring that has come apart. */
const SELF_MS = 60_000;
const RESTORE_MS = 30_000;
/** A link that is of no use to either end has had time to become of some. */
const YOUNG_MS = 10_000;
/** Peers that hold a record, where the configuration doesn't say another number. */
const COPIES = 4;
/** Questions that one link may bring at once, and a second. */
const BURST = 100;
const RATE_PER_SECOND = 20;
/** Who is told of in one answer: a peer, and those next to it. */
const MOST_NEAREST = 2 * NEAR_EACH_SIDE + 1;
/** Octaves of distance beyond which no ring needs a finger. */
const MOST_OCTAVES = 24;

type Lookup = {
  readonly lookup: number;
  readonly target: Position;
  readonly question: Question;
  readonly open: Set<CircuitId>;
  /** Links over which it was begun. */
  readonly tried: Set<LinkId>;
  /** As they came: whoever asked checks their signatures. */
  readonly records: RingRecord[];
  nearest: RingId | null;
  hops: number | null;
  triesLeft: number;
  endsMs: number;
};

/** What an answer is for. */
type Errand =
  | { readonly type: "lookup"; readonly of: Lookup }
  | { readonly type: "finger"; readonly octave: number }
  | { readonly type: "self" }
  | { readonly type: "call"; readonly call: CallId }
  | { readonly type: "none" };

type Circuit = {
  /** Where the question came from; null: from here. */
  readonly back: LinkId | null;
  /** Where it went; null: it ended here. */
  readonly forth: LinkId | null;
  readonly errand: Errand;
  /** Signals may go over it, both ways. */
  readonly isCall: boolean;
  readonly endsMs: number;
};

type Call = {
  /** Null where the other end calls. */
  readonly peer: RingId | null;
  readonly purpose: Purpose;
  readonly octave: number | null;
  /** The link over which it begins; null: the one that leads nearest. */
  readonly via: LinkId | null;
  circuit: CircuitId | null;
  /** The other end has had a signal, or this one has. */
  isAnswered: boolean;
  /** Of a swarm's call: moved on by each signal. */
  endsMs: number;
};

type Bucket = { tokens: number; atMs: number };

const isSame = (one: RingRecord, other: RingRecord): boolean =>
  one.slot === other.slot &&
  one.sequence === other.sequence &&
  sameBytes(one.content, other.content);

export type RingConfig = {
  readonly self: RingId;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Links kept on each side, 1 to 3; fewer make a small ring one of several hops. */
  readonly nearEachSide?: number;
  /** Whether it keeps links to peers far away. */
  readonly fingers?: boolean;
  /** Peers that hold a record. */
  readonly copies?: number;
};

export class Ring {
  readonly #self: RingId;
  readonly #at: Position;
  readonly #random: () => number;
  readonly #keepsFingers: boolean;
  readonly #copies: number;
  readonly #links: Links;
  readonly #records: Records;
  readonly #circuits = new Map<CircuitId, Circuit>();
  readonly #calls = new Map<CallId, Call>();
  readonly #lookups = new Set<Lookup>();
  /** When each peer that couldn't be reached may be called again. */
  readonly #unreached = new Map<RingId, number>();
  readonly #buckets = new Map<LinkId, Bucket>();
  readonly #since = new Map<LinkId, number>();
  /** Whom each held record was handed to. */
  readonly #handed = new WeakMap<RingRecord, Set<RingId>>();
  #nextCall = 1;
  #told = "";
  #seen: readonly Link[] = [];
  #tellAtMs = Infinity;
  #tendAtMs = 0;
  #fingerAtMs = 0;
  #selfAtMs = 0;
  #restoreAtMs = 0;
  #nowMs = 0;
  #effects: Effect[] = [];

  constructor(config: RingConfig) {
    const { self, random, nearEachSide = NEAR_EACH_SIDE, fingers = true, copies = COPIES } = config;
    this.#self = self;
    this.#at = positionOf(self);
    this.#random = random;
    this.#keepsFingers = fingers;
    this.#copies = copies;
    this.#links = new Links(self, nearEachSide);
    this.#records = new Records(this.#at);
  }

  get linkCount(): number {
    return this.#links.size;
  }

  hasLinkTo(peer: RingId): boolean {
    return this.#links.to(peer) !== undefined;
  }

  /** Ways back that are remembered. */
  get circuitCount(): number {
    return this.#circuits.size;
  }

  /** Of one's own and others', for links and for swarms. */
  get callCount(): number {
    return this.#calls.size;
  }

  get recordCount(): number {
    return this.#records.size;
  }

  /** Ids of those next to it, ahead first. */
  near(): readonly RingId[] {
    return this.#links.near().map(({ peer }) => peer);
  }

  /** When to call `handle` with `wake`, in the time of `nowMs`. */
  nextWakeMs(): number {
    const ends = [...this.#lookups].map(({ endsMs }) => endsMs);
    return Math.min(this.#tellAtMs, this.#tendAtMs, ...ends);
  }

  handle(input: Input, nowMs: number): readonly Effect[] {
    this.#nowMs = nowMs;
    this.#effects = [];
    this.#take(input);
    this.#noticeNear();
    if (nowMs >= this.nextWakeMs()) this.#wake();
    return this.#effects;
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
        return this.#signalOut(input.call, input.signal);
      case "call-failed":
        return this.#endCall(input.call);
      case "reach":
        return this.#reach(input.call, input.to, input.signal);
      case "hang-up":
        return this.#hangUp(input.call);
      case "find":
        return this.#look(input.lookup, input.target, { type: "find", except: null });
      case "get": {
        const { lookup, key } = input;
        return this.#look(lookup, positionOf(key), { type: "get", key });
      }
      case "put": {
        const { record } = input;
        this.#ask(positionOf(record.key), { type: "put", record }, { type: "none" }, null);
        return;
      }
      case "record-checked":
        if (input.ok) this.#keep(input.record);
        return;
    }
  }

  #send(link: LinkId, message: Message): void {
    this.#effects.push({ type: "send", link, message });
  }

  // Links.

  #linkUp(id: LinkId, peer: RingId, callId: CallId | null): void {
    const call = callId === null ? undefined : this.#calls.get(callId);
    if (callId !== null) this.#calls.delete(callId);
    const isMine = call !== undefined && call.peer !== null;
    const rank = call === undefined ? 0 : isMine === this.#self < peer ? 2 : 1;
    const before = this.#links.to(peer);
    if (peer === this.#self || (before !== undefined && before.rank >= rank)) {
      this.#effects.push({ type: "close", link: id });
      return;
    }
    if (before !== undefined) this.#close(before);
    const link = this.#links.add(id, peer, rank);
    this.#since.set(id, this.#nowMs);
    this.#unreached.delete(peer);
    if (isMine) link.octave = call.octave;
    this.#send(id, { type: "hello", purpose: isMine && call.octave !== null ? "finger" : "near" });
    this.#send(id, { type: "near", ids: this.near() });
    // By another carrier: it may lead to a ring that isn't known here.
    if (callId === null) this.#lookForSelf(link);
  }

  #linkDown(id: LinkId): void {
    const link = this.#forget(id);
    if (link === undefined) return;
    this.#cutOff(id);
    this.#callNear();
  }

  #close({ id }: Link): void {
    this.#forget(id);
    this.#effects.push({ type: "close", link: id });
  }

  #forget(id: LinkId): Link | undefined {
    this.#buckets.delete(id);
    this.#since.delete(id);
    return this.#links.remove(id);
  }

  /** Tells all, soon, once it has others next to it. */
  #noticeNear(): void {
    const near = this.#links.near();
    if (near === this.#seen) return;
    this.#seen = near;
    const ids = this.near().join();
    if (ids === this.#told) return;
    this.#told = ids;
    this.#tellAtMs = Math.min(this.#tellAtMs, this.#nowMs + TELL_MS);
  }

  // Time.

  #wake(): void {
    const nowMs = this.#nowMs;
    if (nowMs >= this.#tellAtMs) {
      this.#tellAtMs = Infinity;
      const ids = this.near();
      for (const { id } of this.#links.all()) this.#send(id, { type: "near", ids });
    }
    for (const lookup of this.#lookups) if (nowMs >= lookup.endsMs) this.#tryAgain(lookup);
    if (nowMs < this.#tendAtMs) return;
    this.#tendAtMs = nowMs + this.#around(TEND_MS);
    for (const [id, call] of this.#calls) if (nowMs >= call.endsMs) this.#tooOld(id, call);
    for (const [id, circuit] of this.#circuits) {
      if (circuit.endsMs > nowMs) break; // The rest is younger.
      this.#circuits.delete(id);
    }
    this.#callNear();
    this.#prune();
    if (nowMs >= this.#fingerAtMs) {
      this.#fingerAtMs = nowMs + this.#around(FINGER_MS);
      this.#lookForFinger();
    }
    if (nowMs >= this.#selfAtMs) {
      this.#selfAtMs = nowMs + this.#around(SELF_MS);
      const far = [...this.#links.all()];
      const link = far[Math.floor(this.#random() * far.length)];
      if (link !== undefined) this.#lookForSelf(link);
    }
    if (nowMs >= this.#restoreAtMs) {
      this.#restoreAtMs = nowMs + this.#around(RESTORE_MS);
      this.#restore();
    }
  }

  /** So that peers that began together don't stay together. */
  #around(ms: number): number {
    return ms * (0.75 + this.#random() / 2);
  }

  // Who is next.

  #lookForSelf(link: Link): void {
    const question = { type: "find", except: this.#self } as const;
    this.#ask(this.#at, question, { type: "self" }, link.id);
  }

  /** Calls whoever neighbours have told of and would be next to this peer. */
  #callNear(): void {
    for (const link of this.#links.all()) this.#callNearOf(link.near, link.id);
  }

  #callNearOf(places: readonly Place[], via: LinkId): void {
    for (const { peer, at } of places) {
      if (peer === this.#self || this.#links.to(peer) !== undefined) continue;
      if (this.#links.wouldBeNear(at)) this.#call(peer, "near", null, via);
    }
  }

  /** Links that neither end has a use for. */
  #prune(): void {
    const near = new Set(this.#links.near());
    for (const link of this.#links.all()) {
      const isFull = this.#links.size > this.#mostLinks("near");
      const ageMs = this.#nowMs - (this.#since.get(link.id) ?? 0);
      const isYoung = ageMs < (isFull ? TELL_MS : YOUNG_MS);
      const isNear = near.has(link) || link.near.some(({ peer }) => peer === this.#self);
      if (isYoung || isNear || link.octave !== null || link.isTheirFinger) continue;
      this.#close(link);
    }
  }

  // Fingers.

  /** Of distances: octave 0 is the far half of the ring, each next one half as far. */
  #octaveOf(at: Position): number {
    return Math.floor(Math.log2(RING / Math.max(1, ahead(this.#at, at))));
  }

  #octaveCount(): number {
    return Math.min(
      MOST_OCTAVES,
      Math.max(0, Math.ceil(Math.log2(this.#links.estimatedPeers())) - 2),
    );
  }

  /** Links that this peer may have, so that it isn't worn out by all for which it is a good finger. */
  #mostLinks(purpose: LinkPurpose): number {
    const most = Math.floor(2 * Math.log2(this.#links.estimatedPeers()));
    return most + (purpose === "near" ? 7 : 5);
  }

  #lookForFinger(): void {
    if (!this.#keepsFingers) return;
    const missing: number[] = [];
    const filled = new Set([...this.#links.all()].map(({ at }) => this.#octaveOf(at)));
    for (let octave = 0; octave < this.#octaveCount(); octave++) {
      if (!filled.has(octave)) missing.push(octave);
    }
    const octave = missing[Math.floor(this.#random() * missing.length)];
    if (octave === undefined || this.#links.size >= this.#mostLinks("finger")) return;
    const target = from(this.#at, (RING / 2 ** (octave + 1)) * (1 + this.#random()));
    const question = { type: "find", except: this.#self } as const;
    this.#ask(target, question, { type: "finger", octave }, null);
  }

  #fingersFound(octave: number, ids: readonly RingId[]): void {
    const fitting = ids.filter(
      (id) => this.#octaveOf(positionOf(id)) === octave && this.#mayCall(id),
    );
    const id = fitting[Math.floor(this.#random() * fitting.length)];
    if (id !== undefined) this.#call(id, "finger", octave, null);
  }

  // Calls.

  #mayCall(peer: RingId): boolean {
    if (peer === this.#self || this.#links.to(peer) !== undefined) return false;
    if ((this.#unreached.get(peer) ?? 0) > this.#nowMs) return false;
    for (const call of this.#calls.values()) {
      if (call.peer === peer && call.purpose !== "swarm") return false;
    }
    return this.#hasRoomFor("near", true);
  }

  /** Calls of one's own and of others', for links and for swarms, are bounded each by themselves. */
  #hasRoomFor(purpose: Purpose, isMine: boolean): boolean {
    const isOfSwarm = purpose === "swarm";
    let count = 0;
    for (const call of this.#calls.values()) {
      if ((call.peer !== null) === isMine && (call.purpose === "swarm") === isOfSwarm) count += 1;
    }
    return count < (isOfSwarm ? MOST_SWARM_CALLS : MOST_LINK_CALLS);
  }

  #call(peer: RingId, purpose: LinkPurpose, octave: number | null, via: LinkId | null): void {
    if (!this.#mayCall(peer)) return;
    const call = this.#nextCall++;
    this.#begin(call, { peer, purpose, octave, via, circuit: null });
    this.#effects.push({ type: "call", call, peer });
  }

  #begin(id: CallId, call: Omit<Call, "endsMs" | "isAnswered">): void {
    const lifeMs = call.purpose === "swarm" ? CIRCUIT_MS : CALL_MS;
    this.#calls.set(id, { ...call, isAnswered: false, endsMs: this.#nowMs + lifeMs });
  }

  #reach(id: CallId, to: RingId, signal: Bytes): void {
    if (to === this.#self || !this.#hasRoomFor("swarm", true)) {
      this.#effects.push({ type: "call-over", call: id });
      return;
    }
    this.#begin(id, { peer: to, purpose: "swarm", octave: null, via: null, circuit: null });
    this.#signalOut(id, signal);
    if (this.#calls.get(id)?.circuit === null) this.#endCall(id);
  }

  #hangUp(id: CallId): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (call === undefined || call.circuit === null || call.isAnswered) return;
    const back = this.#circuits.get(call.circuit)?.back ?? null;
    if (back !== null) this.#refuse(back, call.circuit);
  }

  #refuse(link: LinkId, circuit: CircuitId): void {
    this.#circuits.delete(circuit);
    this.#send(link, { type: "answer", circuit, hops: 0, answer: { type: "refused" } });
  }

  #signalOut(id: CallId, signal: Bytes): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (call.circuit !== null) {
      const circuit = this.#circuits.get(call.circuit);
      if (circuit === undefined) return;
      this.#use(call.circuit, circuit);
      if (call.purpose === "swarm") call.endsMs = this.#nowMs + CIRCUIT_MS;
      if (circuit.back !== null) {
        call.isAnswered = true;
        const answer = { type: "signal", signal } as const;
        this.#send(circuit.back, { type: "answer", circuit: call.circuit, hops: 0, answer });
      } else if (circuit.forth !== null) {
        this.#send(circuit.forth, { type: "more", circuit: call.circuit, signal });
      }
      return;
    }
    if (call.peer === null) return;
    const { peer: to, purpose, via } = call;
    const question = { type: "call", to, purpose, signal } as const;
    call.circuit = this.#ask(positionOf(to), question, { type: "call", call: id }, via);
  }

  #signalIn(id: CallId, signal: Bytes): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    if (call.peer !== null) call.isAnswered = true;
    if (call.purpose === "swarm") call.endsMs = this.#nowMs + CIRCUIT_MS;
    this.#effects.push({ type: "signal", call: id, signal });
  }

  #called(circuit: CircuitId, { purpose, signal }: Extract<Question, { type: "call" }>): boolean {
    const isFull = purpose !== "swarm" && this.#links.size >= this.#mostLinks(purpose);
    if (isFull || !this.#hasRoomFor(purpose, false)) return false;
    const call = this.#nextCall++;
    this.#begin(call, { peer: null, purpose, octave: null, via: null, circuit });
    this.#effects.push({ type: "called", call, purpose, signal });
    return true;
  }

  /** Where nobody ever answered, the first hop may be to blame: the next try goes another way. */
  #tooOld(id: CallId, { circuit, isAnswered }: Call): void {
    if (circuit !== null && !isAnswered) this.#shun(circuit);
    this.#endCall(id);
  }

  #shun(circuit: CircuitId): void {
    const link = this.#links.get(this.#circuits.get(circuit)?.forth ?? -1);
    if (link !== undefined) link.shunnedUntilMs = this.#nowMs + SHUNNED_MS;
  }

  #endCall(id: CallId): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    if (call.peer !== null && call.purpose !== "swarm") this.#remember(call.peer);
    this.#effects.push({ type: "call-over", call: id });
  }

  #remember(peer: RingId): void {
    this.#unreached.delete(peer);
    this.#unreached.set(peer, this.#nowMs + this.#around(CALL_AGAIN_MS));
    const [oldest] = this.#unreached.keys();
    if (this.#unreached.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#unreached.delete(oldest);
    }
  }

  // Questions and answers.

  #message(id: LinkId, message: Message): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    switch (message.type) {
      case "hello":
        link.isTheirFinger = message.purpose === "finger";
        return;
      case "near":
        link.near = message.ids.slice(0, 2 * NEAR_EACH_SIDE).map(placeOf);
        return this.#callNearOf(link.near, id);
      case "question":
        return this.#question(id, message);
      case "answer":
        return this.#answer(id, message);
      case "more": {
        const circuit = this.#circuits.get(message.circuit);
        if (circuit?.back !== id || !this.#mayAsk(id)) return;
        this.#use(message.circuit, circuit);
        if (circuit.forth !== null) return this.#send(circuit.forth, message);
        if (circuit.errand.type === "call") this.#signalIn(circuit.errand.call, message.signal);
      }
    }
  }

  #mayAsk(link: LinkId): boolean {
    const bucket = this.#buckets.get(link) ?? { tokens: BURST, atMs: this.#nowMs };
    const earned = ((this.#nowMs - bucket.atMs) / 1000) * RATE_PER_SECOND;
    bucket.tokens = Math.min(BURST, bucket.tokens + earned);
    bucket.atMs = this.#nowMs;
    this.#buckets.set(link, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #question(back: LinkId, message: Extract<Message, { type: "question" }>): void {
    const { circuit, target, hopsLeft, question } = message;
    if (!this.#mayAsk(back) || this.#circuits.has(circuit)) return;
    const next = this.#nextHop(target, question, hopsLeft, back);
    if (next !== null) {
      const isCall = question.type === "call";
      this.#open(circuit, { back, forth: next.id, errand: { type: "none" }, isCall });
      return this.#send(next.id, { ...message, hopsLeft: hopsLeft - 1 });
    }
    const reply = (answer: Answer): void =>
      this.#send(back, { type: "answer", circuit, hops: MOST_HOPS - hopsLeft + 1, answer });
    switch (question.type) {
      case "find":
        return reply({ type: "nearest", ids: this.#nearestTo(target, question.except) });
      case "get":
        return reply({ type: "records", records: this.#records.get(question.key, this.#nowMs) });
      case "put":
        this.#offered(question.record);
        return reply({ type: "stored" });
      case "call": {
        if (question.to !== this.#self) return reply({ type: "refused" });
        const call = this.#nextCall;
        this.#open(circuit, { back, forth: null, errand: { type: "call", call }, isCall: true });
        if (!this.#called(circuit, question)) this.#refuse(back, circuit);
      }
    }
  }

  /** Null where the question ends here. */
  #nextHop(
    target: Position,
    question: Question,
    hopsLeft: number,
    back: LinkId | null,
  ): Link | null {
    if (hopsLeft <= 0) return null;
    if (question.type === "call") {
      if (question.to === this.#self) return null;
      const direct = this.#links.to(question.to);
      if (direct !== undefined) return direct;
    }
    // Whoever holds it answers, wherever it stands.
    if (question.type === "get" && this.#records.get(question.key, this.#nowMs).length > 0) {
      return null;
    }
    const except = question.type === "find" ? question.except : null;
    return this.#links.next(target, except, back, this.#nowMs);
  }

  #nearestTo(target: Position, except: RingId | null): readonly RingId[] {
    return [this.#self, ...this.near()]
      .filter((id) => id !== except)
      .toSorted((one, other) => apart(positionOf(one), target) - apart(positionOf(other), target));
  }

  /** Asks over this link, or over the one that leads nearest. Null where there is none. */
  #ask(target: Position, question: Question, errand: Errand, via: LinkId | null): CircuitId | null {
    const link =
      via === null ? this.#nextHop(target, question, MOST_HOPS, null) : this.#links.get(via);
    if (link === undefined || link === null) {
      if (question.type === "put") this.#offered(question.record);
      return null;
    }
    const circuit = Math.floor(this.#random() * Number.MAX_SAFE_INTEGER);
    const isCall = question.type === "call";
    this.#open(circuit, { back: null, forth: link.id, errand, isCall });
    this.#send(link.id, { type: "question", circuit, target, hopsLeft: MOST_HOPS - 1, question });
    return circuit;
  }

  #open(id: CircuitId, circuit: Omit<Circuit, "endsMs">): void {
    this.#circuits.set(id, { ...circuit, endsMs: this.#nowMs + CIRCUIT_MS });
    const [oldest] = this.#circuits.keys();
    if (this.#circuits.size > MOST_CIRCUITS && oldest !== undefined) this.#circuits.delete(oldest);
  }

  /** A circuit lives on while signals go over it. */
  #use(id: CircuitId, circuit: Circuit): void {
    this.#circuits.delete(id);
    this.#open(id, circuit);
  }

  /** Who asked over a link that is gone learns that its call has ended. */
  #cutOff(link: LinkId): void {
    for (const [id, { back, forth, isCall, errand }] of this.#circuits) {
      if (forth !== link || !isCall) continue;
      if (back !== null) this.#refuse(back, id);
      else if (errand.type === "call") this.#endCall(errand.call);
    }
  }

  #answer(link: LinkId, message: Extract<Message, { type: "answer" }>): void {
    const circuit = this.#circuits.get(message.circuit);
    if (circuit?.forth !== link) return;
    const { answer } = message;
    const { errand } = circuit;
    if (answer.type !== "signal") this.#circuits.delete(message.circuit);
    else if (circuit.isCall && this.#mayAsk(link)) this.#use(message.circuit, circuit);
    else return;
    if (circuit.back !== null) return this.#send(circuit.back, message);
    switch (errand.type) {
      case "lookup":
        return this.#lookedUp(errand.of, message);
      case "self":
        if (answer.type === "nearest") {
          this.#callNearOf(answer.ids.slice(0, MOST_NEAREST).map(placeOf), link);
        }
        return;
      case "finger":
        if (answer.type === "nearest") this.#fingersFound(errand.octave, answer.ids);
        return;
      case "call":
        if (answer.type === "signal") return this.#signalIn(errand.call, answer.signal);
        return this.#endCall(errand.call);
      case "none":
    }
  }

  // Lookups.

  #look(lookup: number, target: Position, question: Question): void {
    const one: Lookup = {
      lookup,
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
    this.#lookups.add(one);
    this.#try(one);
  }

  #try(lookup: Lookup): void {
    const { target, question } = lookup;
    lookup.triesLeft -= 1;
    lookup.endsMs = this.#nowMs + ANSWER_MS;
    if (question.type === "get")
      this.#found(lookup, this.#records.get(question.key, this.#nowMs), 0);
    const all = this.#links.toward(target, null, this.#nowMs);
    const fresh = all.filter(({ id }) => !lookup.tried.has(id));
    const ways = (fresh.length > 0 ? fresh : all).slice(0, WAYS);
    if (ways.length === 0) {
      lookup.nearest = this.#self;
      lookup.hops ??= 0;
    }
    if (ways.length === 0 || lookup.records.length > 0) return this.#endLookup(lookup);
    for (const { id } of ways) {
      lookup.tried.add(id);
      const circuit = this.#ask(target, question, { type: "lookup", of: lookup }, id);
      if (circuit !== null) lookup.open.add(circuit);
    }
  }

  #found(lookup: Lookup, records: readonly RingRecord[], hops: number): void {
    for (const record of records.slice(0, MOST_PER_KEY)) {
      if (!lookup.records.some((known) => isSame(known, record))) lookup.records.push(record);
    }
    if (records.length > 0) lookup.hops ??= hops;
  }

  #lookedUp(lookup: Lookup, message: Extract<Message, { type: "answer" }>): void {
    const { circuit, answer, hops } = message;
    if (!lookup.open.delete(circuit) || !this.#lookups.has(lookup)) return;
    if (answer.type === "records") this.#found(lookup, answer.records, hops);
    if (answer.type === "nearest") {
      const [first] = answer.ids;
      const distance = (id: RingId): number => apart(positionOf(id), lookup.target);
      const isNearer =
        first !== undefined &&
        (lookup.nearest === null || distance(first) < distance(lookup.nearest));
      if (isNearer) lookup.nearest = first;
      lookup.hops ??= hops;
    }
    if (lookup.open.size === 0) this.#endLookup(lookup);
  }

  /** Nobody answered in time. */
  #tryAgain(lookup: Lookup): void {
    if (lookup.hops !== null) return this.#endLookup(lookup);
    for (const id of lookup.open) this.#shun(id);
    lookup.open.clear();
    if (lookup.triesLeft > 0) return this.#try(lookup);
    this.#endLookup(lookup);
  }

  #endLookup(lookup: Lookup): void {
    this.#lookups.delete(lookup);
    const isAnswered = lookup.open.size === 0;
    // Those that were asked say that there is nothing: others may know better.
    if (lookup.question.type === "get" && lookup.hops === null && lookup.triesLeft > 0) {
      this.#lookups.add(lookup);
      return this.#try(lookup);
    }
    if (lookup.hops === null && !isAnswered) {
      this.#effects.push({ type: "lost", lookup: lookup.lookup });
      return;
    }
    const { records, nearest, hops } = lookup;
    const found = { records, nearest, hops: hops ?? 0 };
    this.#effects.push({ type: "found", lookup: lookup.lookup, ...found });
  }

  // Records.

  #offered(record: RingRecord): void {
    if (this.#records.wouldTake(record, this.#nowMs)) {
      this.#effects.push({ type: "check-record", record });
    }
  }

  #keep(record: RingRecord): void {
    if (this.#records.take(record, this.#nowMs)) this.#handOn(record);
  }

  #restore(): void {
    this.#records.dropExpired(this.#nowMs);
    for (const { record } of this.#records.all()) this.#handOn(record);
  }

  /** To those next to it that are nearest to the key: so many hold it, whoever comes and goes. */
  #handOn(record: RingRecord): void {
    const target = positionOf(record.key);
    const holders = [this.#self, ...this.near()]
      .toSorted((one, other) => apart(positionOf(one), target) - apart(positionOf(other), target))
      .slice(0, this.#copies);
    if (!holders.includes(this.#self)) return;
    const handed = this.#handed.get(record) ?? new Set<RingId>();
    this.#handed.set(record, handed);
    for (const holder of holders) {
      const link = this.#links.to(holder);
      if (link === undefined || handed.has(holder)) continue;
      handed.add(holder);
      const circuit = Math.floor(this.#random() * Number.MAX_SAFE_INTEGER);
      const question = { type: "put", record } as const;
      this.#send(link.id, { type: "question", circuit, target, hopsLeft: 0, question });
    }
  }
}
