/**
 * Signal exchanges: how two peers that share a carrier come to a connection. Each exchange has an
 * id, an initiator whose first signal is the offer, and fresh X25519 keys at both ends.
 *
 * - initiator to responder: HKDF(link secret, X25519(fresh, announced key of the responder));
 * - responder to initiator: HKDF(link secret, X25519(fresh, fresh key of the initiator)).
 *
 * Every signal is signed by its sender's peer key inside the seal. Counters rise within a direction; an exchange id is used once. So a carrier can neither read, forge, alter, reorder nor
 * replay: what doesn't fit is dropped in silence, as if it had been lost.
 */
import { type Bytes, bytesIn, concat, fromUtf8, toBase64url, utf8 } from "../bytes.ts";
import type { AgreementKey, CryptoPort } from "../crypto.ts";
import { type PeerId, peerIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import type { IncomingSignal, OutgoingSignal, SignalKind } from "../tracker/messages.ts";
import type { Role } from "../wire/handshake.ts";
import { type Address, associatedData, decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import type { Acquaintance, Identity } from "./identity.ts";

/** What exchanges need of the outside. */
export interface ExchangePort {
  /** Brings a signal on its way. Rejects nothing: false where it can't be delivered. */
  carry(signal: OutgoingSignal): Promise<boolean>;
  /** Begin a connection to this peer; its signals are handed to `local`. */
  connect(connection: number, peer: PeerId, role: Role): void;
  /** The other end's signal for a connection: an SDP or candidate, as text. */
  apply(connection: number, text: string): void;
  /** Let go of a connection: it lost a glare, or its offer can't be delivered. */
  abandon(connection: number, peer: PeerId): void;
}

type Exchange = {
  readonly id: string;
  readonly peer: PeerId;
  readonly role: Role;
  readonly connection: number;
  readonly mine: AgreementKey;
  readonly outKey: Bytes;
  /** Opens what comes in; null until the first signal did. */
  inKey: Bytes | null;
  sentCount: number;
  /** The least counter that is still taken from the other end. */
  nextCounter: number;
  /** Signals are sealed one after the other, in the order in which they were made. */
  tail: Promise<void>;
};

export class Exchanges {
  readonly #identity: Identity;
  readonly #signalSecret: Bytes;
  readonly #crypto: CryptoPort;
  readonly #port: ExchangePort;
  readonly #byId = new Map<string, Exchange>();
  readonly #byConnection = new Map<number, Exchange>();
  /** Ids of offers that were taken, oldest first: none is taken twice. */
  readonly #usedIds = new Set<string>();
  #nextConnection = 1;
  /** Incoming signals are opened one after the other, in the order in which they came. */
  #incoming: Promise<unknown> = Promise.resolve();

  constructor(identity: Identity, signalSecret: Bytes, crypto: CryptoPort, port: ExchangePort) {
    this.#identity = identity;
    this.#signalSecret = signalSecret;
    this.#crypto = crypto;
    this.#port = port;
  }

  /**
   * Starts an exchange as its initiator. Null where the other's announced key is unusable, or where
   * it was faster and its own offer has been taken.
   */
  async dial(other: Acquaintance): Promise<number | null> {
    const mine = await this.#crypto.generateAgreementKey();
    const shared = await mine.agree(other.agreementKey);
    if (shared === null) return null;
    const id = toBase64url(this.#crypto.randomBytes(16));
    const outKey = await this.#key(shared, "offer", id);
    for (const { peer } of this.#byId.values()) if (peer === other.peer) return null;
    const exchange = this.#open({ id, peer: other.peer, role: "initiator", mine, outKey });
    this.#port.connect(exchange.connection, other.peer, "initiator");
    return exchange.connection;
  }

  /** A number for a connection whose signals go another way. */
  reserve(): number {
    return this.#nextConnection++;
  }

  /** A signal that the connection at this end made. */
  local(connection: number, kind: SignalKind, text: string): void {
    const exchange = this.#byConnection.get(connection);
    if (exchange === undefined || exchange.sentCount >= LIMITS.signalsPerExchange) return;
    const counter = exchange.sentCount++;
    exchange.tail = exchange.tail.then(async () => {
      const isDelivered = await this.#port.carry(await this.#seal(exchange, kind, counter, text));
      if (!isDelivered && counter === 0) this.#abandon(exchange);
    });
  }

  /** A carrier brought a signal. Resolves when it was dealt with: to whether it was any good. */
  receive(signal: IncomingSignal): Promise<boolean> {
    const dealtWith = this.#incoming.then(() => this.#receive(signal));
    this.#incoming = dealtWith.catch(() => undefined); // Safe: one that fails keeps none waiting.
    return dealtWith;
  }

  /** The connection is gone or needs no more signals. */
  closed(connection: number): void {
    const exchange = this.#byConnection.get(connection);
    if (exchange === undefined) return;
    this.#byConnection.delete(connection);
    this.#byId.delete(exchange.id);
  }

  /** Lets go of a dial that leads nowhere. */
  hangUp(peer: PeerId): void {
    for (const exchange of this.#byId.values()) {
      if (exchange.peer === peer && exchange.role === "initiator") this.#abandon(exchange);
    }
  }

  async #receive(signal: IncomingSignal): Promise<boolean> {
    const envelope = decodeEnvelope(signal.body);
    if (envelope === null || signal.swarm !== this.#identity.swarm) return false;
    const address: Address = { ...signal, to: this.#identity.peer };
    const associated = associatedData(address, envelope.counter, envelope.freshKey);
    const known = this.#byId.get(signal.exchange);
    const inKey =
      known === undefined
        ? await this.#keyOfOffer(signal, envelope.counter, envelope.freshKey)
        : await this.#keyOfNext(known, signal, envelope.counter, envelope.freshKey);
    if (inKey === null) return false;
    const plain = await this.#crypto.open(inKey, envelope.nonce, envelope.sealed, associated);
    const text = plain && (await this.#readSigned(plain, signal.from, associated));
    if (text === null) return false;
    const exchange = known ?? (await this.#accept(signal, inKey, envelope.freshKey));
    if (exchange === null || this.#byId.get(exchange.id) !== exchange) return false; // Closed meanwhile.
    exchange.nextCounter = envelope.counter + 1;
    exchange.inKey = inKey;
    this.#port.apply(exchange.connection, text);
    return true;
  }

  /** The key of a signal that would open a new exchange, or null where it may not. */
  async #keyOfOffer(
    signal: IncomingSignal,
    counter: number,
    freshKey: Bytes | null,
  ): Promise<Bytes | null> {
    const isOffer = signal.kind === "offer" && counter === 0 && freshKey !== null;
    if (!isOffer || signal.from === this.#identity.peer) return null;
    if (this.#usedIds.has(signal.exchange) || this.#byId.size >= LIMITS.openExchanges) return null;
    const shared = await this.#identity.agreement.agree(freshKey);
    return shared && this.#key(shared, "offer", signal.exchange);
  }

  /** The key of a signal within an exchange, or null where it doesn't fit in. */
  async #keyOfNext(
    exchange: Exchange,
    signal: IncomingSignal,
    counter: number,
    freshKey: Bytes | null,
  ): Promise<Bytes | null> {
    // A lost signal leaves a gap; one that comes again, or late, is no longer taken.
    if (exchange.peer !== signal.from || counter < exchange.nextCounter) return null;
    if (counter >= LIMITS.signalsPerExchange || signal.kind === "offer") return null;
    if (exchange.inKey !== null) return freshKey === null ? exchange.inKey : null;
    if (freshKey === null) return null; // The responder's first brings its fresh key.
    const shared = await exchange.mine.agree(freshKey);
    return shared && this.#key(shared, "answer", exchange.id);
  }

  /** Signature and key inside the seal: who made this signal. Null where it isn't the sender. */
  async #readSigned(plain: Bytes, from: PeerId, associated: Bytes): Promise<string | null> {
    if (plain.length < 96) return null;
    const peerKey = plain.slice(0, 32);
    if ((await peerIdOf(peerKey, this.#crypto)) !== from) return null;
    const content = plain.slice(96);
    const signed = concat(associated, content);
    const isSigned = await this.#crypto.verify(peerKey, signed, plain.slice(32, 96));
    return isSigned ? fromUtf8(content) : null;
  }

  /** Becomes the responder of a good offer, unless my own to the same peer stands. */
  async #accept(
    signal: IncomingSignal,
    inKey: Bytes,
    theirFreshKey: Bytes | null,
  ): Promise<Exchange | null> {
    const mine = await this.#crypto.generateAgreementKey();
    const shared = theirFreshKey && (await mine.agree(theirFreshKey));
    if (!shared) return null;
    const outKey = await this.#key(shared, "answer", signal.exchange);
    for (const other of this.#byId.values()) {
      if (other.peer !== signal.from) continue;
      // Its newer offer replaces its older one: nobody holds more than one connection here.
      if (other.role === "responder") this.#abandon(other);
      if (other.role === "responder" || other.inKey !== null) continue;
      // Glare: both ends keep the offer of the lower id.
      if (this.#identity.peer < signal.from) return null;
      this.#abandon(other);
    }
    const { exchange: id, from: peer } = signal;
    const exchange = this.#open({ id, peer, role: "responder", mine, outKey });
    exchange.inKey = inKey;
    this.#port.connect(exchange.connection, peer, "responder");
    return exchange;
  }

  #open(of: Pick<Exchange, "id" | "peer" | "role" | "mine" | "outKey">): Exchange {
    const exchange: Exchange = {
      ...of,
      connection: this.#nextConnection++,
      inKey: null,
      sentCount: 0,
      nextCounter: 0,
      tail: Promise.resolve(),
    };
    this.#byId.set(exchange.id, exchange);
    this.#byConnection.set(exchange.connection, exchange);
    this.#usedIds.add(exchange.id);
    if (this.#usedIds.size > LIMITS.exchanges) {
      const [oldest] = this.#usedIds;
      if (oldest !== undefined) this.#usedIds.delete(oldest);
    }
    return exchange;
  }

  #abandon(exchange: Exchange): void {
    if (this.#byId.get(exchange.id) !== exchange) return;
    this.closed(exchange.connection);
    this.#port.abandon(exchange.connection, exchange.peer);
  }

  async #seal(
    exchange: Exchange,
    kind: SignalKind,
    counter: number,
    text: string,
  ): Promise<OutgoingSignal> {
    const { peer: from, swarm, signing } = this.#identity;
    const address: Address = { swarm, from, to: exchange.peer, kind, exchange: exchange.id };
    const freshKey = counter === 0 ? exchange.mine.publicKey : null;
    const associated = associatedData(address, counter, freshKey);
    const content = utf8(text);
    const signature = await signing.sign(concat(associated, content));
    const plain = concat(signing.publicKey, signature, content);
    const nonce = this.#crypto.randomBytes(12);
    const sealed = await this.#crypto.seal(exchange.outKey, nonce, plain, associated);
    const body = encodeEnvelope({ counter, freshKey, nonce, sealed });
    return { swarm, to: exchange.peer, kind, exchange: exchange.id, body };
  }

  #key(shared: Bytes, direction: "offer" | "answer", exchange: string): Promise<Bytes> {
    const info = concat(utf8(`shoal signal key v1\0${direction}\0`), bytesIn(exchange));
    return this.#crypto.hkdf(shared, this.#signalSecret, info, 32);
  }
}
