/**
 * First links between browsers that have a swarm in common: the signals of a call to the neighbour's ring
 * id go through the two tabs that are connected in that swarm.
 *
 *     signal    1 u8 | conversation 8 | sealed signal (overlay/sealed-call.ts)
 */
import { type Bytes, concat, toBase64url } from "@shoal/swarm/bytes";
import type { AgreementKey, CryptoPort } from "@shoal/swarm/crypto";
import type { PeerId } from "@shoal/swarm/ids";
import type { RingId } from "@shoal/swarm/overlay/position";
import { SealedCall } from "@shoal/swarm/overlay/sealed-call";

const SIGNAL = 1;
const CONVERSATION_BYTES = 8;
/** A neighbour that begins more at once gets no answer. */
const MOST_AT_ONCE = 8;

export type FirstContactsPort = {
  readonly crypto: CryptoPort;
  say(client: string, peer: PeerId, content: Bytes): void;
  /** Begins a connection; the number of it. */
  begin(sealed: SealedCall, carry: (signal: Bytes) => void): number;
  /** Somebody calls, with this signal; the number of the connection. */
  called(sealed: SealedCall, signal: Bytes, carry: (signal: Bytes) => void): number;
  /** A sealed signal for a connection. */
  heard(connection: number, signal: Bytes): void;
};

/** Brought by the neighbour `peer` in the swarm of the tab `client`. */
export type Heard = { readonly client: string; readonly peer: PeerId; readonly content: Bytes };

export class FirstContacts {
  readonly #port: FirstContactsPort;
  /** Connections, by who brings their signals and by conversation. */
  readonly #conversations = new Map<string, number>();
  /** Neighbours that are called just now: one that says hello twice is called once. */
  readonly #calling = new Set<RingId>();
  #incoming: Promise<unknown> = Promise.resolve();

  constructor(port: FirstContactsPort) {
    this.#port = port;
  }

  async call(client: string, peer: PeerId, ring: RingId, own: AgreementKey): Promise<void> {
    if (this.#calling.has(ring) || this.#conversations.size >= MOST_AT_ONCE) return;
    this.#calling.add(ring);
    const { crypto } = this.#port;
    const sealed = await SealedCall.to(ring, own, crypto);
    this.#calling.delete(ring);
    if (sealed === null) return;
    const conversation = crypto.randomBytes(CONVERSATION_BYTES);
    const connection = this.#port.begin(sealed, this.#carrier(client, peer, conversation));
    this.#conversations.set(nameOf(client, peer, conversation), connection);
  }

  /** What a neighbour's browser sent; dealt with in the order in which it came. */
  received(heard: Heard, own: AgreementKey): Promise<void> {
    const dealtWith = this.#incoming.then(() => this.#received(heard, own));
    this.#incoming = dealtWith.catch(() => undefined); // Safe: one that fails keeps none waiting.
    return dealtWith;
  }

  /** A connection needs no more signals. */
  over(connection: number): void {
    for (const [name, known] of this.#conversations) {
      if (known === connection) this.#conversations.delete(name);
    }
  }

  async #received({ client, peer, content }: Heard, own: AgreementKey): Promise<void> {
    if (content[0] !== SIGNAL || content.length <= 1 + CONVERSATION_BYTES) return;
    const conversation = content.slice(1, 1 + CONVERSATION_BYTES);
    const signal = content.slice(1 + CONVERSATION_BYTES);
    const name = nameOf(client, peer, conversation);
    const known = this.#conversations.get(name);
    if (known !== undefined) return this.#port.heard(known, signal);
    if (this.#conversations.size >= MOST_AT_ONCE) return;
    const taken = await SealedCall.from(signal, own, this.#port.crypto);
    if (taken === null) return;
    const carry = this.#carrier(client, peer, conversation);
    this.#conversations.set(name, this.#port.called(taken.call, taken.signal, carry));
  }

  #carrier(client: string, peer: PeerId, conversation: Bytes): (signal: Bytes) => void {
    return (signal) =>
      this.#port.say(client, peer, concat(Uint8Array.of(SIGNAL), conversation, signal));
  }
}

const nameOf = (client: string, peer: PeerId, conversation: Bytes): string =>
  `${client} ${peer} ${toBase64url(conversation)}`;
