/**
 * Calls: signals to and fro with one peer, over the ring. The ring's own lead to its links; others are
 * for connections of a swarm, whose members know each other's ring ids. Each kind is bounded by itself,
 * one's own and others', so that nobody who calls keeps this peer from calling.
 */
import type { Bytes } from "../bytes.ts";
import { CIRCUIT_MS, type Circuits, type Ear } from "./circuits.ts";
import type { Core } from "./core.ts";
import { noteLatest } from "../latest.ts";
import type { Answer, CallId, CircuitId, LinkId, LinkPurpose, Purpose, Question } from "./io.ts";
import { positionOf, type RingId } from "./position.ts";

/** By then a connection has come about, or won't. */
const CALL_MS = 15_000;
/** By then whoever is called has made its answer: it may have to find its own addresses first. */
const UNANSWERED_MS = 8_000;
/** For links, of one's own and of others' each. */
export const MOST_LINK_CALLS = 6;
/** For swarms, likewise: as many as a newcomer dials at once. */
export const MOST_SWARM_CALLS = 16;
/** Of these, so many over one link: what is told may be lies. */
const MOST_OVER_ONE = 4;
/** Who couldn't be reached is left alone for so long. */
const CALL_AGAIN_MS = 20_000;
export const MOST_UNREACHED = 256;

export type Call = {
  /** Null where the other end calls. */
  readonly peer: RingId | null;
  readonly purpose: Purpose;
  /** The link over which it begins; null: the one that leads nearest. */
  readonly via: LinkId | null;
  circuit: CircuitId | null;
  /** Whoever is called has answered. */
  isAnswered: boolean;
  /** Moved on by each signal of a swarm's call. */
  endsMs: number;
};

export class Calls {
  readonly #core: Core;
  readonly #circuits: Circuits;
  /** A call of this peer's own for a link came to nothing. */
  readonly #onFailed: (peer: RingId, via: LinkId | null) => void;
  readonly #byId = new Map<CallId, Call>();
  /** When each peer that couldn't be reached may be called again; the latest last. */
  readonly #unreached = new Map<RingId, number>();
  #nextId = 1;

  constructor(
    core: Core,
    circuits: Circuits,
    onFailed: (peer: RingId, via: LinkId | null) => void,
  ) {
    this.#core = core;
    this.#circuits = circuits;
    this.#onFailed = onFailed;
  }

  get size(): number {
    return this.#byId.size;
  }

  get unreachedCount(): number {
    return this.#unreached.size;
  }

  /** Whether a try not long ago failed. */
  isUnreached(peer: RingId): boolean {
    return (this.#unreached.get(peer) ?? 0) > this.#core.nowMs;
  }

  /** Begins a call for a link, if there may be one. */
  call(peer: RingId, purpose: LinkPurpose, via: LinkId | null): void {
    if (!this.#mayCall(peer, via)) return;
    const id = this.#nextId++;
    this.#begin(id, peer, purpose, via, null);
    this.#core.emit({ type: "call", call: id, peer });
  }

  /** Begins one for a swarm, by the host's name for it. */
  reach(id: CallId, to: RingId, signal: Bytes): void {
    if (to === this.#core.self.peer || !this.#hasRoomFor("swarm", true)) {
      return this.#core.emit({ type: "call-over", call: id });
    }
    this.#ask(id, to, this.#begin(id, to, "swarm", null, null), signal);
  }

  /** Somebody calls: who takes the further signals, or that it is refused. */
  called(
    circuit: CircuitId,
    { to, purpose, signal }: Extract<Question, { type: "call" }>,
  ): Answer | Ear {
    const { self, links } = this.#core;
    const isFull = purpose !== "swarm" && links.size >= links.most(purpose);
    if (to !== self.peer || isFull || !this.#hasRoomFor(purpose, false)) return { type: "refused" };
    const id = this.#nextId++;
    this.#begin(id, null, purpose, null, circuit);
    this.#core.emit({ type: "called", call: id, purpose, signal });
    return this.#earOf(id);
  }

  /** A signal of this end's. */
  signal(id: CallId, signal: Bytes): void {
    const call = this.#byId.get(id);
    if (call === undefined) return;
    if (call.circuit === null) {
      if (call.peer !== null) this.#ask(id, call.peer, call, signal);
    } else if (this.#circuits.signal(call.circuit, signal)) {
      this.#isUsed(call, call.peer === null);
    }
  }

  /** There is a link to this peer; what call it came by, if it was one of these. */
  linkUp(id: CallId | null, peer: RingId): Call | undefined {
    this.#unreached.delete(peer);
    const call = id === null ? undefined : this.#byId.get(id);
    if (id !== null) this.#byId.delete(id);
    const tipster = this.#core.links.get(call?.via ?? -1);
    if (tipster !== undefined) tipster.misledCount = 0;
    return call;
  }

  /** Nothing more comes of it. */
  end(id: CallId): void {
    const call = this.#byId.get(id);
    if (call === undefined) return;
    this.#byId.delete(id);
    this.#core.emit({ type: "call-over", call: id });
    if (call.peer === null || call.purpose === "swarm") return;
    this.#remember(call.peer);
    this.#onFailed(call.peer, call.via);
  }

  hangUp(id: CallId): void {
    const call = this.#byId.get(id);
    this.#byId.delete(id);
    if (call === undefined || call.circuit === null || call.isAnswered) return;
    this.#circuits.refuse(call.circuit);
  }

  endOld(): void {
    const { nowMs } = this.#core;
    for (const [id, { peer, purpose, circuit, isAnswered, endsMs }] of this.#byId) {
      const isWaiting = peer !== null && purpose !== "swarm" && !isAnswered;
      if (nowMs < endsMs - (isWaiting ? CALL_MS - UNANSWERED_MS : 0)) continue;
      // Nobody ever answered: the first hop may be to blame, and the next try goes another way.
      if (peer !== null && circuit !== null && !isAnswered) this.#circuits.shun(circuit);
      this.end(id);
    }
  }

  #begin(
    id: CallId,
    peer: RingId | null,
    purpose: Purpose,
    via: LinkId | null,
    circuit: CircuitId | null,
  ): Call {
    const endsMs = this.#core.nowMs + (purpose === "swarm" ? CIRCUIT_MS : CALL_MS);
    const call = { peer, purpose, via, circuit, isAnswered: false, endsMs };
    this.#byId.set(id, call);
    return call;
  }

  #ask(id: CallId, to: RingId, call: Call, signal: Bytes): void {
    const question = { type: "call", to, purpose: call.purpose, signal } as const;
    const isThere = call.via !== null && this.#core.links.get(call.via) !== undefined;
    const via = isThere ? call.via : null;
    call.circuit = this.#circuits.ask(positionOf(to), question, via, this.#earOf(id));
    if (call.circuit === null) this.end(id);
  }

  #earOf(id: CallId): Ear {
    return (answer) => {
      const call = this.#byId.get(id);
      if (call === undefined) return;
      if (answer.type !== "signal") return this.end(id);
      this.#isUsed(call, call.peer !== null);
      this.#core.emit({ type: "signal", call: id, signal: answer.signal });
    };
  }

  #isUsed(call: Call, isAnswer: boolean): void {
    if (isAnswer) call.isAnswered = true;
    if (call.purpose === "swarm") call.endsMs = this.#core.nowMs + CIRCUIT_MS;
  }

  #mayCall(peer: RingId, via: LinkId | null): boolean {
    const { self, links } = this.#core;
    if (peer === self.peer || links.to(peer) !== undefined || this.isUnreached(peer)) return false;
    let overIt = 0;
    for (const call of this.#byId.values()) {
      if (call.purpose === "swarm" || call.peer === null) continue;
      if (call.peer === peer) return false;
      if (call.via !== null && call.via === via) overIt += 1;
    }
    const misled = via === null ? 0 : (links.get(via)?.misledCount ?? 0);
    return overIt < Math.max(1, MOST_OVER_ONE - misled) && this.#hasRoomFor("near", true);
  }

  #hasRoomFor(purpose: Purpose, isMine: boolean): boolean {
    const isOfSwarm = purpose === "swarm";
    let count = 0;
    for (const call of this.#byId.values()) {
      if ((call.peer !== null) === isMine && (call.purpose === "swarm") === isOfSwarm) count += 1;
    }
    return count < (isOfSwarm ? MOST_SWARM_CALLS : MOST_LINK_CALLS);
  }

  #remember(peer: RingId): void {
    noteLatest(this.#unreached, peer, this.#core.dueIn(CALL_AGAIN_MS), MOST_UNREACHED);
  }
}
