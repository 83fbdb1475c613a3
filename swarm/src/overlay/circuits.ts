/**
 * Questions on their way to whoever is nearest to their target, and the ways back of their answers. Each
 * hop knows where a question came from and went, and nothing else of it.
 *
 * Invariants: a question only ever moves nearer to its target, so none goes in circles; of each there is
 * one answer, but for a call's, whose circuit lives on for as long as signals go over it.
 */
import type { Bytes } from "../bytes.ts";
import type { Core } from "./core.ts";
import type { Answer, CircuitId, LinkId, Message, Question } from "./io.ts";
import type { Link } from "./links.ts";
import type { Position } from "./position.ts";
import type { Records } from "./records.ts";

/** More than a ring of a million needs. */
const MOST_HOPS = 32;
/** How long the way back of a question is remembered, and a call's after its last signal. */
export const CIRCUIT_MS = 30_000;
/** Ways back remembered at once; the oldest goes. */
export const MOST_CIRCUITS = 2048;

/** Takes what comes to this end of a circuit: answers to who asked, further signals to who was called. */
export type Ear = (answer: Answer, hops: number) => void;

type Circuit = {
  /** Where the question came from; null: from here. */
  readonly back: LinkId | null;
  /** Where it went; null: it ended here. */
  readonly forth: LinkId | null;
  readonly ear: Ear | null;
  /** Signals may go over it, both ways. */
  readonly isCall: boolean;
  readonly endsMs: number;
};

/** What a question that ends here comes to: an answer, or who takes the signals of its call. */
type Arrived = (circuit: CircuitId, target: Position, question: Question) => Answer | Ear;

export class Circuits {
  readonly #core: Core;
  readonly #records: Records;
  readonly #arrived: Arrived;
  /** The youngest last. */
  readonly #byId = new Map<CircuitId, Circuit>();

  constructor(core: Core, records: Records, arrived: Arrived) {
    this.#core = core;
    this.#records = records;
    this.#arrived = arrived;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Asks over this link, or over the one that leads nearest. Null where there is none. */
  ask(target: Position, question: Question, via: LinkId | null, ear: Ear): CircuitId | null {
    const { links } = this.#core;
    const link = via === null ? this.#next(target, question, null) : links.get(via);
    if (link === undefined || link === null) return null;
    const circuit = this.#core.newCircuit();
    this.#open(circuit, { back: null, forth: link.id, ear, isCall: question.type === "call" });
    const hopsLeft = MOST_HOPS - 1;
    this.#core.send(link.id, { type: "question", circuit, target, hopsLeft, question });
    return circuit;
  }

  /** Sends a further signal of a call to its other end. False where there is no way any more. */
  signal(id: CircuitId, signal: Bytes): boolean {
    const circuit = this.#byId.get(id);
    if (circuit === undefined) return false;
    this.#use(id, circuit);
    const { back, forth } = circuit;
    if (back !== null) {
      const answer = { type: "signal", signal } as const;
      this.#core.send(back, { type: "answer", circuit: id, hops: 0, answer });
    } else if (forth !== null) {
      this.#core.send(forth, { type: "more", circuit: id, signal });
    }
    return true;
  }

  /** Tells who asked that nothing comes of it. */
  refuse(id: CircuitId): void {
    const back = this.#byId.get(id)?.back ?? null;
    this.#byId.delete(id);
    if (back === null) return;
    this.#core.send(back, { type: "answer", circuit: id, hops: 0, answer: { type: "refused" } });
  }

  /** Nothing was answered over the link that this one went over: others come first for a while. */
  shun(id: CircuitId): void {
    const link = this.#byId.get(id)?.forth ?? null;
    if (link !== null) this.#core.links.shun(link, this.#core.nowMs);
  }

  /** A link is gone: whoever asked over it learns at once that nothing comes of it. */
  linkDown(link: LinkId): void {
    for (const [id, { back, forth, ear }] of this.#byId) {
      if (back === link) this.#byId.delete(id);
      if (forth !== link) continue;
      this.refuse(id);
      if (back === null) ear?.({ type: "refused" }, 0);
    }
  }

  dropOld(): void {
    for (const [id, { endsMs }] of this.#byId) {
      if (endsMs > this.#core.nowMs) return; // The rest is younger.
      this.#byId.delete(id);
    }
  }

  question({ id: back, allowance }: Link, message: Extract<Message, { type: "question" }>): void {
    const { circuit, target, question } = message;
    const { nowMs } = this.#core;
    if (!allowance.take(nowMs) || this.#byId.has(circuit)) return;
    // What it says is a stranger's word.
    const hopsLeft = Math.min(message.hopsLeft, MOST_HOPS - 1);
    const isCall = question.type === "call";
    const next = hopsLeft === 0 ? null : this.#next(target, question, back);
    if (next !== null) {
      this.#open(circuit, { back, forth: next.id, ear: null, isCall });
      return this.#core.send(next.id, { ...message, hopsLeft: hopsLeft - 1 });
    }
    const answer = this.#arrived(circuit, target, question);
    if (typeof answer === "function") {
      return this.#open(circuit, { back, forth: null, ear: answer, isCall });
    }
    const hops = MOST_HOPS - hopsLeft;
    this.#core.send(back, { type: "answer", circuit, hops, answer });
  }

  answer({ id: link, allowance }: Link, message: Extract<Message, { type: "answer" }>): void {
    const { circuit: id, answer, hops } = message;
    const circuit = this.#byId.get(id);
    if (circuit?.forth !== link) return;
    if (answer.type !== "signal") this.#byId.delete(id);
    else if (circuit.isCall && allowance.take(this.#core.nowMs)) this.#use(id, circuit);
    else return;
    if (circuit.back === null) circuit.ear?.(answer, hops);
    else this.#core.send(circuit.back, message);
  }

  more({ id: link, allowance }: Link, message: Extract<Message, { type: "more" }>): void {
    const { circuit: id, signal } = message;
    const circuit = this.#byId.get(id);
    if (circuit?.back !== link || !circuit.isCall || !allowance.take(this.#core.nowMs)) return;
    this.#use(id, circuit);
    if (circuit.forth === null) circuit.ear?.({ type: "signal", signal }, 0);
    else this.#core.send(circuit.forth, message);
  }

  /** Null where the question ends here. */
  #next(target: Position, question: Question, back: LinkId | null): Link | null {
    const { self, links, nowMs } = this.#core;
    if (question.type === "call") {
      if (question.to === self.peer) return null;
      const direct = links.to(question.to);
      if (direct !== undefined) return direct;
    }
    // Whoever holds it answers, wherever it stands.
    if (question.type === "get" && this.#records.has(question.key, nowMs)) return null;
    const except = question.type === "find" ? question.except : null;
    return links.next(target, except, back, nowMs);
  }

  #use(id: CircuitId, circuit: Circuit): void {
    this.#byId.delete(id);
    this.#open(id, circuit);
  }

  #open(id: CircuitId, { back, forth, ear, isCall }: Omit<Circuit, "endsMs">): void {
    this.#byId.set(id, { back, forth, ear, isCall, endsMs: this.#core.nowMs + CIRCUIT_MS });
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > MOST_CIRCUITS && oldest !== undefined) this.#byId.delete(oldest);
  }
}
