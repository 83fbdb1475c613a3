/**
 * Calls between strangers of the ring: signals that nobody on their way can read, forge or pass off as
 * another's. An id is its peer's X25519 key, so whoever knows an id can seal to it. The keys are agreed on
 * as in the IK pattern of the Noise framework: the caller knows the called one's key beforehand and names
 * its own under the seal.
 *
 *     first    fresh key 32 | sealed(k0, caller's id 32) | sealed(k1, signal)
 *     reply    fresh key 32 | sealed(k2, signal)
 *     further  counter u32 | sealed(k1 or k2, signal)
 *
 *     k0 = HKDF(es), k1 = HKDF(es, ss), k2 = HKDF(es, ss, ee, se)
 *
 * `sealed` is a nonce of 12 bytes, then AES-256-GCM; both ids and the counter are associated data.
 */
import { type Bytes, concat, fromBase64url, readU32, toBase64url, u32, utf8 } from "../bytes.ts";
import { NONCE_BYTES, openBox, sealBox } from "../box.ts";
import type { AgreementKey, CryptoPort } from "../crypto.ts";
import type { RingId } from "./position.ts";

const KEY_BYTES = 32;
const SEALED_ID_BYTES = NONCE_BYTES + KEY_BYTES + 16;
const FIRST_LEAST_BYTES = KEY_BYTES + SEALED_ID_BYTES + NONCE_BYTES + 16;
const SALT = utf8("shoal ring call v1");

/** A ring id of the peer with this key. */
export const ringIdOf = (key: AgreementKey): RingId => toBase64url(key.publicKey) as RingId;

type Keys = { readonly out: Bytes; readonly in: Bytes };

/** What a caller agrees with on the key that opens the reply. */
type Caller = {
  readonly fresh: AgreementKey;
  readonly own: AgreementKey;
  /** es and ss. */
  readonly secrets: readonly Bytes[];
  readonly out: Bytes;
};

/** One end of a call. Signals are opened in the order in which they were sealed; lost ones leave gaps. */
export class SealedCall {
  readonly peer: RingId;
  readonly #self: RingId;
  readonly #crypto: CryptoPort;
  /** Null at the caller until the reply came. */
  #keys: Keys | null;
  readonly #caller: Caller | null;
  /** What the next signal begins with: a fresh key goes before the first. */
  #head: Bytes | null;
  #sentCount = 0;
  #nextCounter = 0;

  private constructor(
    self: RingId,
    peer: RingId,
    crypto: CryptoPort,
    of: { keys: Keys | null; caller: Caller | null; head: Bytes },
  ) {
    this.#self = self;
    this.peer = peer;
    this.#crypto = crypto;
    this.#keys = of.keys;
    this.#caller = of.caller;
    this.#head = of.head;
  }

  /** Begins a call. Null where the id is no key. */
  static async to(peer: RingId, own: AgreementKey, crypto: CryptoPort): Promise<SealedCall | null> {
    const theirs = fromBase64url(peer);
    const fresh = await crypto.generateAgreementKey();
    const es = theirs && (await fresh.agree(theirs));
    const ss = theirs && (await own.agree(theirs));
    if (!es || !ss) return null;
    const self = ringIdOf(own);
    const named = await sealBox(crypto, await keyOf(crypto, "k0", [es]), own.publicKey, utf8(peer));
    const out = await keyOf(crypto, "k1", [es, ss]);
    const caller = { fresh, own, secrets: [es, ss], out };
    return new SealedCall(self, peer, crypto, {
      keys: null,
      caller,
      head: concat(fresh.publicKey, named),
    });
  }

  /** Takes the first signal of a call to this peer. Null where it isn't one. */
  static async from(
    first: Bytes,
    own: AgreementKey,
    crypto: CryptoPort,
  ): Promise<{ readonly call: SealedCall; readonly signal: Bytes } | null> {
    if (first.length < FIRST_LEAST_BYTES) return null;
    const theirFresh = first.slice(0, KEY_BYTES);
    const es = await own.agree(theirFresh);
    if (es === null) return null;
    const self = ringIdOf(own);
    const named = first.slice(KEY_BYTES, KEY_BYTES + SEALED_ID_BYTES);
    const theirs = await openBox(crypto, await keyOf(crypto, "k0", [es]), named, utf8(self));
    const ss = theirs && (await own.agree(theirs));
    if (!theirs || !ss) return null;
    const peer = toBase64url(theirs) as RingId;
    const opens = await keyOf(crypto, "k1", [es, ss]);
    const rest = first.slice(KEY_BYTES + SEALED_ID_BYTES);
    const signal = await openBox(crypto, opens, rest, associated(peer, self, 0));
    const fresh = await crypto.generateAgreementKey();
    const ee = await fresh.agree(theirFresh);
    const se = await fresh.agree(theirs);
    if (signal === null || ee === null || se === null) return null;
    const out = await keyOf(crypto, "k2", [es, ss, ee, se]);
    const keys = { out, in: opens };
    const call = new SealedCall(self, peer, crypto, { keys, caller: null, head: fresh.publicKey });
    call.#nextCounter = 1;
    return { call, signal };
  }

  /** The next signal for the other end. */
  async seal(signal: Bytes): Promise<Bytes> {
    const key = this.#keys?.out ?? this.#caller?.out;
    if (key === undefined) throw new Error("one end has its key from the start");
    const counter = this.#sentCount++;
    const head = this.#head ?? u32(counter);
    this.#head = null;
    const bound = associated(this.#self, this.peer, counter);
    return concat(head, await sealBox(this.#crypto, key, signal, bound));
  }

  /** A signal of the other end. Null for what isn't, or comes late or again. */
  async open(bytes: Bytes): Promise<Bytes | null> {
    const isReply = this.#keys === null;
    const headBytes = isReply ? KEY_BYTES : 4;
    if (bytes.length <= headBytes + NONCE_BYTES + 16) return null;
    const counter = isReply ? 0 : readU32(bytes, 0);
    const keys = this.#keys ?? (await this.#agree(bytes.slice(0, KEY_BYTES)));
    if (keys === null || counter < this.#nextCounter) return null;
    const bound = associated(this.peer, this.#self, counter);
    const signal = await openBox(this.#crypto, keys.in, bytes.slice(headBytes), bound);
    if (signal === null || counter < this.#nextCounter) return null;
    this.#keys = keys;
    this.#nextCounter = counter + 1;
    return signal;
  }

  /** The caller's keys, once the reply's fresh key is there. */
  async #agree(theirFresh: Bytes): Promise<Keys | null> {
    if (this.#caller === null) return null;
    const { fresh, own, secrets, out } = this.#caller;
    const ee = await fresh.agree(theirFresh);
    const se = await own.agree(theirFresh);
    if (ee === null || se === null) return null;
    return { out, in: await keyOf(this.#crypto, "k2", [...secrets, ee, se]) };
  }
}

const keyOf = (crypto: CryptoPort, name: string, secrets: readonly Bytes[]): Promise<Bytes> =>
  crypto.hkdf(concat(...secrets), SALT, utf8(name), 32);

const associated = (from: RingId, to: RingId, counter: number): Bytes =>
  concat(utf8(`${from}\0${to}\0`), u32(counter));
