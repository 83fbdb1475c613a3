/**
 * One share's side of the ring, in whichever tab the browser's place in it is: puts a record by which
 * other members find this one, looks for theirs while the share is lonely, and carries signals.
 */
import { type Bytes, fromBase64url } from "@shoal/swarm/bytes";
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { PeerId } from "@shoal/swarm/ids";
import { noteLatest } from "@shoal/swarm/latest";
import { LIMITS } from "@shoal/swarm/limits";
import { type Contact, makeContact, type Meeting, openContact } from "@shoal/swarm/overlay/contact";
import type { Signed } from "@shoal/swarm/catalogue/entry";
import type { RingRecord } from "@shoal/swarm/overlay/io";
import type { RingId } from "@shoal/swarm/overlay/position";
import { openSignal, sealSignal } from "@shoal/swarm/overlay/swarm-signal";
import { entryWords, wordRecords } from "@shoal/swarm/overlay/word-record";
import type { Acquaintance, Identity } from "@shoal/swarm/signal/identity";
import type { IncomingSignal, OutgoingSignal } from "@shoal/swarm/tracker/messages";
import type {
  FromRingHost,
  RingPipe,
  RingPlace,
  RingView,
  ToRingHost,
} from "../../protocol/ring.ts";
import { RingQuestions } from "../../protocol/ring-questions.ts";
import type { Carrier } from "../carriers.ts";
import { helloOf, readHello } from "./hello.ts";

/** A record's life, and how long before its end it is put again. */
const LIFE_MS = 30 * 60_000;
const PUT_AGAIN_MS = 10 * 60_000;
/** A record that is put while the ring still finds itself may lie in the wrong place: soon put again. */
const PUT_SOON_MS = 20_000;
/** How often members are looked for while nobody is here: more and more seldom. */
const FIRST_LOOK_MS = 2_000;
const MOST_LOOK_MS = 60_000;
/** Conversations that others began, by exchange: the oldest goes. */
const MOST_CONVERSATIONS = 64;

export type RingClientPorts = {
  readonly crypto: CryptoPort;
  readonly unixMs: () => number;
  readonly pipe: RingPipe<ToRingHost, FromRingHost>;
  /** Members that the ring named. */
  readonly met: (peers: readonly PeerId[]) => void;
  /** A member's signal came through the ring. */
  readonly received: (signal: IncomingSignal) => void;
  /** Whether members are wanted: nobody is here, or no tracker answers. */
  readonly isLonely: () => boolean;
  /** Whether this page takes part in its swarm: others find it then. */
  readonly isHere: () => boolean;
  /** What the browsers of all neighbours in the swarm are told; null: nothing. */
  readonly hello: (content: Bytes | null) => void;
  readonly say: (peer: PeerId, content: Bytes) => void;
  /** Where this browser stands in the ring, or null where it isn't in it. */
  readonly changed: (view: RingView | null) => void;
};

export class RingClient implements Carrier {
  readonly name = "ring";
  readonly #id: string;
  readonly #meeting: Meeting;
  readonly #identity: Identity;
  readonly #ports: RingClientPorts;
  #place: RingPlace | null = null;
  #hops: number | null = null;
  /** Members that the ring named; the oldest first. */
  readonly #contacts = new Map<PeerId, Contact>();
  /** Ring ids of neighbours' browsers, as they said. */
  readonly #browsers = new Map<PeerId, RingId>();
  /** The host's names of conversations that members began, by exchange. */
  readonly #calls = new Map<string, number>();
  readonly #questions: RingQuestions;
  /** What the share's key said to catalogues, and under which words it lies. */
  #published: { readonly signed: Signed; readonly words: readonly string[] } | null = null;
  #lookMs = FIRST_LOOK_MS;
  #lookTimer: ReturnType<typeof setTimeout> | undefined;
  #putTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(meeting: Meeting, identity: Identity, ports: RingClientPorts) {
    this.#id = identity.peer;
    this.#meeting = meeting;
    this.#identity = identity;
    this.#ports = ports;
    this.#questions = new RingQuestions(ports.pipe, this.#id);
    ports.pipe.hear((message) => this.#take(message));
    ports.pipe.post({ type: "who" });
    this.#lookLater();
  }

  close(): void {
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#putTimer);
    this.#ports.hello(null);
    this.#ports.pipe.close();
    this.#become(null);
  }

  /** A neighbour's browser said something about the ring, or to our place in it. */
  heard(peer: PeerId, content: Bytes): void {
    const ring = readHello(content);
    if (ring === null) {
      return this.#ports.pipe.post({ type: "heard", client: this.#id, peer, content });
    }
    noteLatest(this.#browsers, peer, ring, LIMITS.peers);
    this.#introduce(peer, ring);
  }

  /** What the share's key said to catalogues is found by its words from now on. */
  publish(signed: Signed): void {
    const before = this.#published;
    if (before !== null && before.signed.stated.sequence >= signed.stated.sequence) return;
    const words = entryWords(signed.stated);
    // Under words that it hasn't any more nothing is put again: what is there ends by itself.
    this.#published = { signed, words: words.length > 0 ? words : (before?.words ?? []) };
    void this.#putWords();
  }

  // The carrier.

  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#contacts.get(peer)?.acquaintance ?? null;
  }

  async carry(signal: OutgoingSignal): Promise<boolean> {
    const call = this.#calls.get(signal.exchange);
    const ring = this.#contacts.get(signal.to)?.ring;
    if (this.#place === null || (call === undefined && ring === undefined)) return false;
    const { crypto, pipe } = this.#ports;
    const sealed = await sealSignal(signal, this.#identity.peer, this.#meeting.secret, crypto);
    if (call !== undefined) pipe.post({ type: "reply", call, signal: sealed });
    else if (ring !== undefined) {
      const conversation = signal.exchange;
      pipe.post({ type: "reach", client: this.#id, conversation, ring, signal: sealed });
    }
    return true;
  }

  // The host.

  #take(message: FromRingHost): void {
    if ("client" in message && message.client !== this.#id) return;
    switch (message.type) {
      case "here":
        return this.#become(message.place);
      case "found":
        return this.#questions.answered(message);
      case "answered":
        return void this.#open(message.signal, null);
      case "called":
        return void this.#open(message.signal, message.call);
      case "say":
        return this.#ports.say(message.peer, message.content);
      case "over": // The dial ends by itself when nothing comes of it.
    }
  }

  #become(place: RingPlace | null): void {
    const before = this.#place;
    this.#place = place;
    this.#tell();
    if (place === null) return clearTimeout(this.#putTimer);
    const isNew = before?.ring !== place.ring;
    if (isNew) this.#greet(place);
    // A host without links has nobody to ask: whoever is known here may be its first.
    if (isNew || place.linkCount === 0) this.#introduceAll();
    if (place.linkCount === 0) return;
    if (isNew || before === null || before.linkCount === 0) {
      this.#put();
      this.#lookMs = FIRST_LOOK_MS;
      void this.#look();
    }
  }

  #greet({ ring }: RingPlace): void {
    this.#ports.hello(helloOf(fromBase64url(ring) ?? new Uint8Array(32)));
  }

  #introduceAll(): void {
    for (const [peer, ring] of this.#browsers) this.#introduce(peer, ring);
  }

  #introduce(peer: PeerId, ring: RingId): void {
    if (this.#place !== null) this.#ports.pipe.post({ type: "met", client: this.#id, peer, ring });
  }

  // Records.

  /** Again after so long, and then less and less often, until that is just before it ends. */
  #put(nextMs = PUT_SOON_MS): void {
    clearTimeout(this.#putTimer);
    void this.#putContact();
    void this.#putWords();
    this.#putTimer = setTimeout(() => this.#put(Math.min(4 * nextMs, PUT_AGAIN_MS)), nextMs);
  }

  /** Where records can be put; null: nowhere, or this page isn't there for others. */
  #whereToPut(): RingPlace | null {
    const isThere = this.#place !== null && this.#place.linkCount > 0 && this.#ports.isHere();
    return isThere ? this.#place : null;
  }

  async #putWords(): Promise<void> {
    if (this.#whereToPut() === null || this.#published === null) return;
    const { crypto, unixMs, pipe } = this.#ports;
    const { signed, words } = this.#published;
    const records = await wordRecords(signed, words, unixMs() + LIFE_MS, crypto);
    for (const record of records) pipe.post({ type: "put", record });
  }

  async #putContact(): Promise<void> {
    const place = this.#whereToPut();
    if (place === null) return;
    const { crypto, unixMs, pipe } = this.#ports;
    const when = { nowMs: unixMs(), lifeMs: LIFE_MS };
    const record = await makeContact(this.#meeting, this.#identity, place.ring, when, crypto);
    pipe.post({ type: "put", record });
  }

  #lookLater(): void {
    clearTimeout(this.#lookTimer);
    this.#lookTimer = setTimeout(() => void this.#look(), this.#lookMs);
    this.#lookMs = Math.min(2 * this.#lookMs, MOST_LOOK_MS);
  }

  async #look(): Promise<void> {
    this.#lookLater();
    if (this.#place?.linkCount === 0) {
      // A first call may have come to nothing: of two it may be the other's to call.
      this.#introduceAll();
      this.#greet(this.#place);
    }
    if (this.#place === null || this.#place.linkCount === 0 || !this.#ports.isLonely()) return;
    const { records, hops } = await this.#questions.get(this.#meeting.key);
    const contacts = await Promise.all(records.map((record) => this.#contactIn(record)));
    const known = contacts.filter(
      (contact): contact is Contact =>
        contact !== null && contact.acquaintance.peer !== this.#identity.peer,
    );
    for (const contact of known) {
      noteLatest(this.#contacts, contact.acquaintance.peer, contact, LIMITS.knownPeers);
    }
    if (known.length === 0) return;
    this.#hops = hops;
    this.#tell();
    this.#ports.met(known.map(({ acquaintance }) => acquaintance.peer));
  }

  #tell(): void {
    this.#ports.changed(this.#place && { ...this.#place, hops: this.#hops });
  }

  #contactIn(record: RingRecord): Promise<Contact | null> {
    return openContact(record, this.#meeting, this.#identity.swarm, this.#ports.crypto);
  }

  /** `call`: the host's name of a conversation that its sender began, perhaps for another share. */
  async #open(sealed: Bytes, call: number | null): Promise<void> {
    const { swarm } = this.#identity;
    const signal = await openSignal(sealed, swarm, this.#meeting.secret, this.#ports.crypto);
    if (signal === null) return;
    if (call !== null) {
      this.#calls.set(signal.exchange, call);
      const [oldest] = this.#calls.keys();
      if (this.#calls.size > MOST_CONVERSATIONS && oldest !== undefined) this.#calls.delete(oldest);
    }
    this.#ports.received(signal);
  }
}
