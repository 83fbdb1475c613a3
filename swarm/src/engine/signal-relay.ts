/**
 * Sealed signals by way of a mutual neighbour: this peer asks one that is connected to the receiver to
 * pass them on, and passes on what others ask it to. A neighbour answers at once whether it could;
 * where it couldn't, or is silent, another one is asked.
 */
import type { PeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../wire/frame.ts";
import { Allowance } from "./allowance.ts";
import type { Core } from "./core.ts";
import type { Hearsay } from "./hearsay.ts";
import type { ConnectionId, RelayedSignal } from "./io.ts";
import type { Peer } from "./peer.ts";

/** A neighbour that hasn't answered by then is taken for one that couldn't. A guess. */
const ANSWER_MS = 3_000;
/** Neighbours that are asked to pass on one signal. */
const MOST_ASKED = 3;
/** Signals of one neighbour: those of a few exchanges at once, then ten a second. Both a guess. */
const BURST = 100;
const EVERY_MS = 100;

type Asked = {
  readonly signal: RelayedSignal;
  readonly tried: Set<ConnectionId>;
  via: ConnectionId;
  untilMs: number;
};

type Allowances = { readonly asked: Allowance; readonly brought: Allowance };

export class SignalRelay {
  readonly #core: Core;
  readonly #hearsay: Hearsay;
  /** Signals whose neighbour hasn't answered yet, by exchange: one of each at a time. */
  readonly #asked = new Map<string, Asked>();
  /** By which neighbour the signals of an exchange go and come; the oldest first. */
  readonly #ways = new Map<string, ConnectionId>();
  /** By which neighbours offers to a peer went of late: the next goes by another. */
  readonly #offered = new Map<PeerId, Set<ConnectionId>>();
  readonly #allowances = new Map<ConnectionId, Allowances>();

  constructor(core: Core, hearsay: Hearsay) {
    this.#core = core;
    this.#hearsay = hearsay;
  }

  /** Has a signal of this peer's passed on; `relay-ended` says whether that came about. */
  relay(signal: RelayedSignal): void {
    if (this.#asked.has(signal.exchange)) this.#end(signal.exchange, false);
    const asked: Asked = { signal, tried: new Set(), via: 0, untilMs: Infinity };
    this.#asked.set(signal.exchange, asked);
    this.#ask(asked);
  }

  /** A neighbour wants a signal passed on. Who it is from is its proven id. */
  requested(peer: Peer, signal: Extract<Message, { type: "relay" }>): void {
    const { exchange, kind, body } = signal;
    const to = this.#core.connectionTo(signal.to);
    const isPassedOn =
      this.#allowancesOf(peer).asked.take(this.#core.nowMs) &&
      to !== null &&
      to !== peer &&
      to.isProven &&
      to.bufferedBytes <= this.#core.config.sendBufferBytes;
    if (isPassedOn) {
      this.#core.send(to, { type: "relayed", from: peer.id, kind, exchange, body });
    }
    this.#core.send(peer, { type: "relay-answer", exchange, isPassedOn });
  }

  /** A neighbour brought a signal. Whether it is the sender's is for whoever opens the seal. */
  brought(peer: Peer, signal: Extract<Message, { type: "relayed" }>): void {
    const { from, kind, exchange, body } = signal;
    if (!this.#allowancesOf(peer).brought.take(this.#core.nowMs)) return;
    if (this.#core.acquaintances.isBanned(from)) return;
    // The first neighbour of an exchange stays its way: another can't take it over by saying so.
    if (!this.#ways.has(exchange)) this.#goBy(exchange, peer.connection);
    this.#core.emit({ type: "signal-brought", from, kind, exchange, body });
  }

  /** A neighbour says whether it passed a signal on. */
  answered(peer: Peer, exchange: string, isPassedOn: boolean): void {
    const asked = this.#asked.get(exchange);
    if (asked?.via !== peer.connection) return; // Too late, or never asked.
    if (isPassedOn) {
      this.#goBy(exchange, peer.connection);
      return this.#end(exchange, true);
    }
    this.#hearsay.withdraw(asked.signal.to, peer.connection);
    this.#ask(asked);
  }

  dropped({ connection }: Peer): void {
    this.#allowances.delete(connection);
    for (const [exchange, via] of this.#ways) if (via === connection) this.#ways.delete(exchange);
    for (const asked of this.#asked.values()) if (asked.via === connection) this.#ask(asked);
  }

  wake(): void {
    for (const asked of this.#asked.values()) {
      if (asked.untilMs <= this.#core.nowMs) this.#ask(asked);
    }
  }

  nextWakeMs(): number {
    let next = Infinity;
    for (const { untilMs } of this.#asked.values()) next = Math.min(next, untilMs);
    return next;
  }

  /** The next neighbour that may do it, or the end. */
  #ask(asked: Asked): void {
    const { to, kind, exchange, body } = asked.signal;
    const via = asked.tried.size < MOST_ASKED ? this.#next(asked) : null;
    if (via === null) return this.#end(exchange, false);
    asked.tried.add(via.connection);
    asked.via = via.connection;
    asked.untilMs = this.#core.nowMs + ANSWER_MS;
    this.#core.wakeBy(asked.untilMs);
    if (kind === "offer") this.#noteOffer(to, via.connection);
    this.#core.send(via, { type: "relay", to, kind, exchange, body });
  }

  /** The exchange's way first, then any that says it is connected, of which one unused of late. */
  #next({ signal: { to, exchange }, tried }: Asked): Peer | null {
    const way = this.#ways.get(exchange);
    const onWay = way === undefined || tried.has(way) ? null : this.#neighbour(way);
    if (onWay !== null) return onWay;
    const able = this.#hearsay
      .sourcesOf(to)
      .filter((source) => !tried.has(source) && this.#neighbour(source) !== null);
    const used = this.#offered.get(to);
    const unused = able.filter((source) => used?.has(source) !== true);
    if (unused.length === 0) this.#offered.delete(to); // All once more.
    const from = unused.length > 0 ? unused : able;
    const chosen = from[Math.floor(this.#core.rng() * from.length)];
    return chosen === undefined ? null : this.#neighbour(chosen);
  }

  #neighbour(connection: ConnectionId): Peer | null {
    const peer = this.#core.peers.get(connection);
    return peer?.isProven === true ? peer : null;
  }

  #noteOffer(to: PeerId, via: ConnectionId): void {
    const used = this.#offered.get(to) ?? new Set();
    used.add(via);
    this.#offered.delete(to);
    this.#offered.set(to, used);
    if (this.#offered.size > LIMITS.knownPeers) forgetOldest(this.#offered);
  }

  #goBy(exchange: string, connection: ConnectionId): void {
    this.#ways.set(exchange, connection);
    if (this.#ways.size > LIMITS.openExchanges) forgetOldest(this.#ways);
  }

  #end(exchange: string, isPassedOn: boolean): void {
    this.#asked.delete(exchange);
    this.#core.emit({ type: "relay-ended", exchange, isPassedOn });
  }

  #allowancesOf({ connection }: Peer): Allowances {
    let known = this.#allowances.get(connection);
    if (known === undefined) {
      known = { asked: new Allowance(BURST, EVERY_MS), brought: new Allowance(BURST, EVERY_MS) };
      this.#allowances.set(connection, known);
    }
    return known;
  }
}

function forgetOldest<Key>(map: Map<Key, unknown>): void {
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
