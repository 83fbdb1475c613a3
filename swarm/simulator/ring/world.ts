/** Rings of real state machines on a virtual clock, whose links are negotiated over the ring itself. */
import { type Bytes, toBase64url } from "../../src/bytes.ts";
import type {
  Answer,
  CallId,
  Effect,
  Input,
  LinkId,
  Message,
  RingRecord,
} from "../../src/overlay/io.ts";
import { RING, type RingId } from "../../src/overlay/position.ts";
import type { RingConfig } from "../../src/overlay/core.ts";
import { Ring } from "../../src/overlay/ring.ts";
import { encodeMessage } from "../../src/overlay/wire.ts";
import { Chance } from "../random.ts";
import { Timeline } from "../timeline.ts";

/** One way between two peers, by where they are. */
const LATENCY_MS = [10, 120] as const;
/** ICE and DTLS, once both ends know of each other. */
const CONNECT_MS = [100, 600] as const;
/** After so long a browser gives up a connection whose other end is gone. */
const NOTICE_MS = [3_000, 20_000] as const;

/** How soon a peer without a link finds a contact by another carrier. */
const CONTACT_MS = 5_000;

type End = { readonly peer: Member; readonly link: LinkId };

/** What comes of a lookup. */
export type Outcome = Extract<Effect, { type: "found" | "lost" }>;

/** What a hostile peer does: `junk` is records that nobody signed. */
export type Misbehaviour = "drops" | "loops" | "lies" | "floods" | "junk";

/** A record with this first byte counts as not signed. */
const FORGED = 1;
export const isSigned = ({ content }: RingRecord): boolean => content[0] !== FORGED;
const FLOOD_MS = 5;

export class Member {
  readonly id: RingId;
  readonly ring: Ring;
  readonly links = new Map<LinkId, End>();
  isAlive = true;
  misbehaviour: Misbehaviour | null = null;
  group = 0;
  wakeAtMs = Infinity;
  nextLink = 1;
  nextLookup = 1;
  readonly lookups = new Map<number, (outcome: Outcome) => void>();
  /** Of calls for a swarm, what came of each: signals as their first byte says, or the call's end. */
  readonly heard: { readonly call: CallId; readonly signal: number | "over" }[] = [];
  /** Who is at the other end of a call, and its name for it. */
  readonly calls = new Map<CallId, { readonly peer: Member; readonly call: CallId }>();

  constructor(id: RingId, ring: Ring) {
    this.id = id;
    this.ring = ring;
  }
}

export class World {
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly members = new Map<RingId, Member>();
  /** Signals in flight carry a number by which the simulated connections find each other. */
  readonly #offers = new Map<number, { readonly peer: Member; readonly call: CallId }>();
  #nextOffer = 1;
  messageCount = 0;
  /** Of messages, while `isWeighing`. */
  byteCount = 0;
  isWeighing = false;
  /** Differs where anything that was delivered does, or when. */
  trace = 0;
  /** Unix time and virtual time are the same here. */
  get nowMs(): number {
    return this.timeline.nowMs;
  }

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  /** A peer that isn't in any ring yet. */
  add(limits: Omit<RingConfig, "self" | "random"> = {}): Member {
    const id = toBase64url(this.chance.bytes(32)) as RingId;
    const chance = this.chance.fork();
    const member = new Member(id, new Ring({ ...limits, self: id, random: chance.next }));
    this.members.set(id, member);
    this.give(member, { type: "wake" });
    return member;
  }

  /** Links two peers by another carrier than the ring. */
  introduce(one: Member, other: Member): void {
    this.#connect(one, null, other, null);
  }

  /** Gone without a word; the others notice one by one. */
  crash(member: Member): void {
    member.isAlive = false;
    this.members.delete(member.id);
    for (const { peer, link } of member.links.values()) {
      this.timeline.in(this.chance.between(...NOTICE_MS), () => this.#down(peer, link));
    }
    member.links.clear();
  }

  /** Closes its connections first, as a page that is left does. */
  leave(member: Member): void {
    member.isAlive = false;
    this.members.delete(member.id);
    for (const { peer, link } of member.links.values()) {
      this.timeline.in(this.chance.between(...LATENCY_MS), () => this.#down(peer, link));
    }
    member.links.clear();
  }

  get(member: Member, key: string): Promise<Outcome> {
    return this.#look(member, (lookup) => ({ type: "get", lookup, key }));
  }

  find(member: Member, target: number): Promise<Outcome> {
    return this.#look(member, (lookup) => ({ type: "find", lookup, target }));
  }

  put(member: Member, record: RingRecord): void {
    this.give(member, { type: "put", record });
  }

  #look(member: Member, input: (lookup: number) => Input): Promise<Outcome> {
    const lookup = member.nextLookup++;
    return new Promise((resolve) => {
      member.lookups.set(lookup, resolve);
      this.give(member, input(lookup));
    });
  }

  /** Lets so much time pass. */
  run(forMs: number): void {
    const endMs = this.nowMs + forMs;
    while (this.timeline.nextAtMs <= endMs) this.timeline.next()?.();
    this.timeline.skipTo(endMs);
  }

  any(): Member {
    return this.chance.of([...this.members.values()]);
  }

  give(member: Member, input: Input): void {
    if (!member.isAlive) return;
    if (input.type === "message" && member.misbehaviour !== null) {
      return this.#misbehave(member, member.misbehaviour, input.link, input.message);
    }
    for (const effect of member.ring.handle(input, this.nowMs)) this.#perform(member, effect);
    const wakeMs = Math.max(member.ring.nextWakeMs(), this.nowMs + 1);
    if (wakeMs >= member.wakeAtMs) return;
    member.wakeAtMs = wakeMs;
    this.timeline.at(wakeMs, () => {
      if (member.wakeAtMs !== wakeMs) return;
      member.wakeAtMs = Infinity;
      this.give(member, { type: "wake" });
    });
  }

  /** From now on it keeps its links, and does this with whatever comes. */
  spoil(member: Member, misbehaviour: Misbehaviour): void {
    member.misbehaviour = misbehaviour;
    if (misbehaviour === "floods") this.#flood(member);
  }

  #flood(member: Member): void {
    if (!member.isAlive) return;
    for (const link of member.links.keys()) {
      const target = Math.floor(this.chance.next() * RING);
      const question = { type: "find", except: null } as const;
      const circuit = Math.floor(this.chance.next() * Number.MAX_SAFE_INTEGER);
      this.#send(member, link, { type: "question", circuit, target, hopsLeft: 255, question });
    }
    this.timeline.in(FLOOD_MS, () => this.#flood(member));
  }

  #misbehave(member: Member, how: Misbehaviour, link: LinkId, message: Message): void {
    if (message.type !== "question" || how === "drops" || how === "floods") return;
    const { circuit, question } = message;
    const reply = (answer: Answer): void =>
      this.#send(member, link, { type: "answer", circuit, hops: 1, answer });
    if (how === "loops") {
      this.#send(member, this.chance.of([...member.links.keys()]), { ...message, hopsLeft: 255 });
    } else if (question.type === "find") {
      reply({ type: "nearest", ids: [this.#anyId(), this.#anyId()] });
    } else if (question.type === "get") {
      const content = Uint8Array.of(FORGED);
      const { key } = question;
      const slot = toBase64url(new Uint8Array(16));
      const forged = { key, slot, sequence: 2 ** 48 - 1, expiresMs: this.nowMs + 60_000, content };
      reply({ type: "records", records: how === "junk" ? [forged] : [] });
    }
    this.#send(member, link, { type: "near", ids: [this.#anyId(), this.#anyId(), this.#anyId()] });
  }

  #anyId(): RingId {
    return toBase64url(this.chance.bytes(32)) as RingId;
  }

  #send(member: Member, from: LinkId, message: Message): void {
    const end = member.links.get(from);
    if (end === undefined) return;
    this.messageCount += 1;
    if (this.isWeighing) this.byteCount += encodeMessage(message).length;
    this.trace = (Math.imul(this.trace, 31) + this.nowMs + from) | 0;
    const { peer, link } = end;
    const delayMs = this.#latency(member, peer);
    this.timeline.in(delayMs, () => this.give(peer, { type: "message", link, message }));
  }

  #perform(member: Member, effect: Effect): void {
    switch (effect.type) {
      case "send":
        return this.#send(member, effect.link, effect.message);
      case "close": {
        const end = member.links.get(effect.link);
        if (end === undefined) return;
        member.links.delete(effect.link);
        return this.timeline.in(this.#latency(member, end.peer), () =>
          this.#down(end.peer, end.link),
        );
      }
      case "call": {
        const offer = this.#nextOffer++;
        this.#offers.set(offer, { peer: member, call: effect.call });
        this.give(member, { type: "signal", call: effect.call, signal: numbered(offer) });
        return;
      }
      case "called": {
        if (effect.purpose === "swarm") return this.#hear(member, effect.call, effect.signal);
        const caller = this.#offers.get(numberIn(effect.signal));
        if (caller === undefined) return;
        member.calls.set(effect.call, caller);
        this.#offers.delete(numberIn(effect.signal));
        const answer = this.#nextOffer++;
        this.#offers.set(answer, { peer: member, call: effect.call });
        this.give(member, { type: "signal", call: effect.call, signal: numbered(answer) });
        return;
      }
      case "signal": {
        if (isOfSwarm(effect.signal)) return this.#hear(member, effect.call, effect.signal);
        const answerer = this.#offers.get(numberIn(effect.signal));
        this.#offers.delete(numberIn(effect.signal));
        if (answerer === undefined) return;
        const delayMs = this.chance.between(...CONNECT_MS);
        const { call } = effect;
        this.timeline.in(delayMs, () => this.#connect(member, call, answerer.peer, answerer.call));
        return;
      }
      case "call-over":
        if (effect.call < 0) member.heard.push({ call: effect.call, signal: "over" });
        member.calls.delete(effect.call);
        return;
      case "check-record": {
        const { record } = effect;
        this.timeline.in(1, () =>
          this.give(member, { type: "record-checked", record, ok: isSigned(record) }),
        );
        return;
      }
      case "found":
      case "lost":
        member.lookups.get(effect.lookup)?.(effect);
        member.lookups.delete(effect.lookup);
    }
  }

  #hear(member: Member, call: CallId, signal: Bytes): void {
    member.heard.push({ call, signal: signal[0] ?? NaN });
  }

  #connect(one: Member, oneCall: CallId | null, other: Member, otherCall: CallId | null): void {
    if (!one.isAlive || !other.isAlive) return;
    const [oneLink, otherLink] = [one.nextLink++, other.nextLink++];
    one.links.set(oneLink, { peer: other, link: otherLink });
    other.links.set(otherLink, { peer: one, link: oneLink });
    this.give(other, { type: "link-up", link: otherLink, peer: one.id, call: otherCall });
    this.give(one, { type: "link-up", link: oneLink, peer: other.id, call: oneCall });
  }

  #down(member: Member, link: LinkId): void {
    if (!member.links.delete(link)) return;
    this.give(member, { type: "link-down", link });
    if (member.links.size === 0) this.timeline.in(CONTACT_MS, () => this.#findContact(member));
  }

  /** Who is alone asks another carrier once more. */
  #findContact(member: Member): void {
    if (!member.isAlive || member.links.size > 0 || this.members.size < 2) return;
    const others = [...this.members.values()].filter((other) => other !== member);
    this.introduce(member, this.chance.of(others));
  }

  #latency(one: Member, other: Member): number {
    // The same for each pair, both ways, without being kept.
    const [low, high] = LATENCY_MS;
    const mixed =
      (one.id.charCodeAt(9) * 31 +
        one.id.charCodeAt(10) +
        other.id.charCodeAt(9) * 31 +
        other.id.charCodeAt(10)) %
      97;
    return low + ((high - low) * mixed) / 97;
  }
}

/** The simulated connections of the ring's own calls find each other by longer ones. */
const isOfSwarm = (signal: Bytes): boolean => signal.length === 1;

const numbered = (value: number): Bytes => new Uint8Array(new Float64Array([value]).buffer);
const numberIn = (signal: Bytes): number => new Float64Array(signal.slice().buffer)[0] ?? 0;
