/** Rings of real state machines on a virtual clock, whose links are negotiated over the ring itself. */
import { type Bytes, concat, readU32, toBase64url, u32 } from "../../src/bytes.ts";
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

/** An offer or an answer with its candidates, sealed. */
const SIGNAL_BYTES = 1_500;

/** How soon a peer without a link finds a contact by another carrier. */
const CONTACT_MS = 5_000;

type End = { readonly peer: Member; readonly link: LinkId };

/** What comes of a lookup: who asked may be gone by then. */
export type Outcome = Extract<Effect, { type: "found" | "lost" }> | { readonly type: "gone" };

/** What a hostile peer does: `junk` is records that nobody signed. */
export type Misbehaviour = "drops" | "loops" | "lies" | "floods" | "junk";

/** A record with this first byte counts as not signed. */
const FORGED = 1;
export const isSigned = ({ content }: RingRecord): boolean => content[0] !== FORGED;
const FLOOD_MS = 5;

export class Member {
  readonly id: RingId;
  /** Its place among all that ever were. */
  readonly number: number;
  readonly ring: Ring;
  readonly links = new Map<LinkId, End>();
  isAlive = true;
  misbehaviour: Misbehaviour | null = null;
  group = 0;
  wakeAtMs = Infinity;
  nextLink = 1;
  nextLookup = 1;
  /** While the world is weighing. */
  sentBytes = 0;
  readonly lookups = new Map<number, (outcome: Outcome) => void>();
  /** Of calls for a swarm, what came of each: signals as their first byte says, or the call's end. */
  readonly heard: { readonly call: CallId; readonly signal: number | "over" }[] = [];

  constructor(id: RingId, number: number, ring: Ring) {
    this.id = id;
    this.number = number;
    this.ring = ring;
  }
}

export class World {
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly members = new Map<RingId, Member>();
  /** Those that are gone as well. */
  readonly #all: Member[] = [];
  messageCount = 0;
  /** Whether members' bytes are counted. */
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
    const ring = new Ring({ ...limits, self: id, random: chance.next });
    const member = new Member(id, this.#all.length, ring);
    this.#all.push(member);
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
    this.#end(member, NOTICE_MS);
  }

  /** Closes its connections first, as a page that is left does. */
  leave(member: Member): void {
    this.#end(member, LATENCY_MS);
  }

  #end(member: Member, noticedMs: readonly [number, number]): void {
    member.isAlive = false;
    this.members.delete(member.id);
    for (const { peer, link } of member.links.values()) {
      this.timeline.in(this.chance.between(...noticedMs), () => this.#down(peer, link));
    }
    member.links.clear();
    for (const tell of member.lookups.values()) tell({ type: "gone" });
    member.lookups.clear();
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
    } else if (question.type === "put") {
      reply({ type: "stored" });
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
    if (this.isWeighing) member.sentBytes += weightOf(message);
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
        const { call } = effect;
        return this.give(member, { type: "signal", call, signal: signalOf(member, call) });
      }
      case "called": {
        if (effect.purpose === "swarm") return this.#hear(member, effect.call, effect.signal);
        const { call } = effect;
        return this.give(member, { type: "signal", call, signal: signalOf(member, call) });
      }
      case "signal": {
        if (isOfSwarm(effect.signal)) return this.#hear(member, effect.call, effect.signal);
        const { call, signal } = effect;
        const other = this.#all[readU32(signal, 0)];
        if (other === undefined) return;
        const delayMs = this.chance.between(...CONNECT_MS);
        const otherCall = readU32(signal, 4);
        this.timeline.in(delayMs, () => this.#connect(member, call, other, otherCall));
        return;
      }
      case "call-over":
        if (effect.call < 0) member.heard.push({ call: effect.call, signal: "over" });
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

/** Payload in bytes. The signals here only say which connection they are of. */
function weightOf(message: Message): number {
  const isSignal =
    message.type === "more" ||
    (message.type === "answer" && message.answer.type === "signal") ||
    (message.type === "question" && message.question.type === "call");
  return encodeMessage(message).length + (isSignal ? SIGNAL_BYTES : 0);
}

/** The simulated connections of the ring's own calls find each other by longer ones. */
const isOfSwarm = (signal: Bytes): boolean => signal.length === 1;

/** Says whose connection it is of. */
const signalOf = ({ number }: Member, call: CallId): Bytes => concat(u32(number), u32(call));
