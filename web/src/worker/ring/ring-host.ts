/**
 * This browser's place in the ring: the state machine of `swarm/src/overlay`, its timers, the connections
 * that are its links, and the calls by which these come about. What other tabs want of the ring it does
 * for them (`protocol/ring.ts`).
 */
import { type Bytes, fromUtf8, utf8 } from "@shoal/swarm/bytes";
import type { AgreementKey, CryptoPort } from "@shoal/swarm/crypto";
import type { CallId, Effect, Input, RingRecord } from "@shoal/swarm/overlay/io";
import { type Position, positionOf, type RingId } from "@shoal/swarm/overlay/position";
import { Ring } from "@shoal/swarm/overlay/ring";
import { ringIdOf, SealedCall } from "@shoal/swarm/overlay/sealed-call";
import { decodeMessage, encodeMessage } from "@shoal/swarm/overlay/wire";
import type { FromRingHost, RingDegree, RingPipe, ToRingHost } from "../../protocol/ring.ts";
import { Connections } from "../connections.ts";
import { FirstContacts } from "./first-contacts.ts";

export type RingHostPorts = {
  readonly crypto: CryptoPort;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Unix time in ms, that never runs backwards: records end by it. */
  readonly unixMs: () => number;
  readonly pipe: RingPipe<FromRingHost, ToRingHost>;
  /** The page's half of connections. */
  readonly page: {
    connect(connection: number, isInitiator: boolean): void;
    apply(connection: number, text: string): void;
    hangUp(connection: number): void;
    forward(connection: number, frame: ArrayBuffer): void;
  };
  /** Whether a record that a stranger brought is what its key stands for. */
  readonly isGoodRecord: (record: RingRecord) => Promise<boolean>;
};

/** A link that is being negotiated: over the ring, or through a swarm's neighbour. */
type Negotiation = {
  readonly sealed: SealedCall;
  /** Null where it goes through a neighbour. */
  readonly call: CallId | null;
  /** Brings a sealed signal on its way. */
  readonly carry: (signal: Bytes) => void;
  /** Signals are sealed one after the other, in the order in which they were made. */
  tail: Promise<void>;
};

export class RingHost {
  readonly id: RingId;
  readonly #own: AgreementKey;
  readonly #ports: RingHostPorts;
  readonly #ring: Ring;
  /** Its connections count down: those of the swarm count up. */
  readonly connections: Connections<RingId>;
  readonly #negotiations = new Map<number, Negotiation>();
  /** Connections by call, both ways of negotiating them. */
  readonly #byCall = new Map<CallId, number>();
  /** Clients' conversations through the ring, by the calls that this host chose for them. */
  readonly #reached = new Map<CallId, { readonly client: string; readonly conversation: string }>();
  readonly #firstContacts: FirstContacts;
  readonly #lookups = new Map<number, (found: Extract<Effect, { type: "found" }> | null) => void>();
  #lastConnection = 0;
  #lastReach = 0;
  #lastLookup = 0;
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #toldLinks = -1;
  #isClosed = false;
  /** Signals of calls are opened one after the other, in the order in which they came. */
  #incoming: Promise<unknown> = Promise.resolve();

  private constructor(own: AgreementKey, degree: RingDegree, ports: RingHostPorts) {
    this.#own = own;
    this.id = ringIdOf(own);
    this.#ports = ports;
    this.#ring = new Ring({ self: this.id, random: ports.random, ...degree });
    this.connections = new Connections<RingId>({
      connected: (connection, peer) => this.#linked(connection, peer),
      frame: (connection, frame) => this.#frame(connection, frame),
      drained: () => undefined, // What the ring says is little, and has no order to keep up with.
      disconnected: (connection) => this.#handle({ type: "link-down", link: connection }),
      dialFailed: (_peer, connection) => this.#failed(connection),
      hangUp: (connection) => {
        this.#forget(connection);
        ports.page.hangUp(connection);
      },
      widen: () => undefined, // As little.
      widened: () => undefined,
      forward: (connection, frame) => ports.page.forward(connection, frame),
    });
    this.#firstContacts = new FirstContacts({
      crypto: ports.crypto,
      say: (client, peer, content) => ports.pipe.post({ type: "say", client, peer, content }),
      begin: (sealed, carry) => this.#begin(sealed, null, "initiator", carry),
      called: (sealed, signal, carry) => this.#accept(sealed, signal, null, carry),
      heard: (connection, signal) => this.#heard(connection, signal),
    });
    ports.pipe.hear((message) => this.#take(message));
    this.#handle({ type: "wake" });
    this.#tell();
  }

  /** Fresh keys: nothing links one session's place to another's. */
  static async open(degree: RingDegree, ports: RingHostPorts): Promise<RingHost> {
    return new RingHost(await ports.crypto.generateAgreementKey(), degree, ports);
  }

  get linkCount(): number {
    return this.#ring.linkCount;
  }

  /** Ids of those next to it, ahead first. */
  near(): readonly RingId[] {
    return this.#ring.near();
  }

  /** Leaves the ring. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#alarm);
    this.#ports.pipe.post({ type: "here", place: null });
    this.#ports.pipe.close();
    for (const connection of this.connections.all()) this.connections.close(connection);
  }

  /** A signal that a connection of the ring made, for its other end. */
  local(connection: number, text: string): void {
    const negotiation = this.#negotiations.get(connection);
    if (negotiation === undefined) return;
    negotiation.tail = negotiation.tail.then(async () => {
      negotiation.carry(await negotiation.sealed.seal(utf8(text)));
    });
  }

  // Clients.

  #take(message: ToRingHost): void {
    switch (message.type) {
      case "who":
        return this.#tell();
      case "put":
        return this.#handle({ type: "put", record: message.record });
      case "get":
        return void this.#get(message);
      case "reach":
        return this.#reach(message);
      case "reply":
        return this.#handle({ type: "signal", call: message.call, signal: message.signal });
      case "met":
        return void this.#met(message);
      case "heard":
        return void this.#firstContacts.received(message, this.#own);
    }
  }

  #tell(): void {
    const { linkCount } = this.#ring;
    this.#toldLinks = linkCount;
    this.#ports.pipe.post({ type: "here", place: { ring: this.id, linkCount } });
  }

  async #get({ client, request, key }: Extract<ToRingHost, { type: "get" }>): Promise<void> {
    const found = await this.#lookUp({ type: "get", key });
    const { records, hops } = found ?? { records: [], hops: 0 };
    this.#ports.pipe.post({ type: "found", client, request, records, hops });
  }

  #lookUp(
    of:
      | { readonly type: "get"; readonly key: string }
      | { readonly type: "find"; readonly target: Position },
  ): Promise<Extract<Effect, { type: "found" }> | null> {
    const lookup = ++this.#lastLookup;
    return new Promise((resolve) => {
      this.#lookups.set(lookup, resolve);
      this.#handle({ ...of, lookup });
    });
  }

  #reach({ client, conversation, ring, signal }: Extract<ToRingHost, { type: "reach" }>): void {
    for (const [call, known] of this.#reached) {
      if (known.client !== client || known.conversation !== conversation) continue;
      return this.#handle({ type: "signal", call, signal });
    }
    const call = --this.#lastReach;
    this.#reached.set(call, { client, conversation });
    this.#handle({ type: "reach", call, to: ring, signal });
  }

  /** A neighbour of some swarm's is in a ring: perhaps in this one, perhaps in another. */
  async #met({ client, peer, ring }: Extract<ToRingHost, { type: "met" }>): Promise<void> {
    // Each learns of the other: one of them calls.
    if (this.id >= ring || this.#ring.hasLinkTo(ring) || this.#isCalling(ring)) return;
    if (this.#ring.linkCount > 0) {
      const found = await this.#lookUp({ type: "find", target: positionOf(ring) });
      // Whoever is found at its place by asking this ring is in it.
      if (found?.nearest === ring || this.#isClosed) return;
    }
    await this.#firstContacts.call(client, peer, ring, this.#own);
  }

  #isCalling(ring: RingId): boolean {
    for (const { sealed } of this.#negotiations.values()) if (sealed.peer === ring) return true;
    return false;
  }

  // The state machine.

  #handle(input: Input): void {
    if (this.#isClosed) return;
    const nowMs = this.#ports.unixMs();
    for (const effect of this.#ring.handle(input, nowMs)) this.#perform(effect);
    clearTimeout(this.#alarm);
    const waitMs = Math.max(0, this.#ring.nextWakeMs() - nowMs);
    this.#alarm = setTimeout(() => this.#handle({ type: "wake" }), waitMs);
    if (this.#ring.linkCount !== this.#toldLinks) this.#tell();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "send":
        return void this.connections.send(effect.link, encodeMessage(effect.message));
      case "close":
        return this.connections.close(effect.link);
      case "call":
        return void this.#call(effect.call, effect.peer);
      case "called":
        return this.#called(effect);
      case "signal":
        return this.#signal(effect.call, effect.signal);
      case "call-over":
        return this.#over(effect.call);
      case "check-record":
        return void this.#check(effect.record);
      case "found":
        return this.#answerLookup(effect.lookup, effect);
      case "lost":
        return this.#answerLookup(effect.lookup, null);
    }
  }

  #answerLookup(lookup: number, found: Extract<Effect, { type: "found" }> | null): void {
    this.#lookups.get(lookup)?.(found);
    this.#lookups.delete(lookup);
  }

  async #check(record: RingRecord): Promise<void> {
    // Safe: what can't be judged isn't good; each question has to be answered.
    const ok = await this.#ports.isGoodRecord(record).catch(() => false);
    this.#handle({ type: "record-checked", record, ok });
  }

  // Calls.

  async #call(call: CallId, peer: RingId): Promise<void> {
    const sealed = await SealedCall.to(peer, this.#own, this.#ports.crypto);
    if (sealed === null) return this.#handle({ type: "call-failed", call });
    this.#begin(sealed, call, "initiator", (signal) =>
      this.#handle({ type: "signal", call, signal }),
    );
  }

  #called({ call, purpose, signal }: Extract<Effect, { type: "called" }>): void {
    if (purpose === "swarm") return this.#ports.pipe.post({ type: "called", call, signal });
    this.#inTurn(async () => {
      const taken = await SealedCall.from(signal, this.#own, this.#ports.crypto);
      // Not for this place, or altered: the caller needn't wait.
      if (taken === null) return this.#handle({ type: "hang-up", call });
      this.#accept(taken.call, taken.signal, call, (reply) =>
        this.#handle({ type: "signal", call, signal: reply }),
      );
    });
  }

  #signal(call: CallId, signal: Bytes): void {
    const reached = this.#reached.get(call);
    if (reached !== undefined) {
      return this.#ports.pipe.post({ type: "answered", ...reached, signal });
    }
    // Which connection it is for is known once the call's first signal was opened.
    this.#inTurn(async () => {
      const connection = this.#byCall.get(call);
      if (connection !== undefined) await this.#apply(connection, signal);
      else this.#ports.pipe.post({ type: "called", call, signal });
    });
  }

  #over(call: CallId): void {
    const reached = this.#reached.get(call);
    this.#reached.delete(call);
    if (reached !== undefined) this.#ports.pipe.post({ type: "over", ...reached });
    const connection = this.#byCall.get(call);
    if (connection !== undefined && this.#negotiations.has(connection)) {
      this.connections.close(connection);
    }
  }

  #begin(
    sealed: SealedCall,
    call: CallId | null,
    role: "initiator" | "responder",
    carry: (signal: Bytes) => void,
  ): number {
    const connection = --this.#lastConnection;
    this.#negotiations.set(connection, { sealed, call, carry, tail: Promise.resolve() });
    if (call !== null) this.#byCall.set(call, connection);
    this.connections.begin(connection, sealed.peer, role);
    this.#ports.page.connect(connection, role === "initiator");
    return connection;
  }

  #accept(
    sealed: SealedCall,
    signal: Bytes,
    call: CallId | null,
    carry: (signal: Bytes) => void,
  ): number {
    const connection = this.#begin(sealed, call, "responder", carry);
    this.#ports.page.apply(connection, fromUtf8(signal) ?? "");
    return connection;
  }

  #heard(connection: number, signal: Bytes): void {
    this.#inTurn(() => this.#apply(connection, signal));
  }

  async #apply(connection: number, signal: Bytes): Promise<void> {
    const plain = await this.#negotiations.get(connection)?.sealed.open(signal);
    if (plain) this.#ports.page.apply(connection, fromUtf8(plain) ?? "");
  }

  #inTurn(act: () => Promise<void>): void {
    this.#incoming = this.#incoming.then(act).catch(() => undefined); // Safe: one keeps none waiting.
  }

  #failed(connection: number): void {
    const call = this.#negotiations.get(connection)?.call ?? null;
    if (call !== null) this.#handle({ type: "call-failed", call });
  }

  // Links.

  /** Both ends' fingerprints came under the seal: the channel leads to whom the call was for. */
  #linked(connection: number, peer: RingId): void {
    const call = this.#negotiations.get(connection)?.call ?? null;
    this.#forget(connection); // It needs no more signals.
    this.#handle({ type: "link-up", link: connection, peer, call });
  }

  #frame(connection: number, frame: Bytes): void {
    const decoded = decodeMessage(frame);
    if (decoded.kind === "malformed") {
      this.connections.close(connection);
      return this.#handle({ type: "link-down", link: connection });
    }
    if (decoded.kind === "unknown") return; // A later version's.
    this.#handle({ type: "message", link: connection, message: decoded.message });
  }

  #forget(connection: number): void {
    const call = this.#negotiations.get(connection)?.call ?? null;
    if (call !== null) this.#byCall.delete(call);
    this.#negotiations.delete(connection);
    this.#firstContacts.over(connection);
  }
}
