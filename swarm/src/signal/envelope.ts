/**
 * The body of a signal as a carrier sees it: a version, a counter, perhaps a fresh key, a nonce,
 * and sealed bytes.
 *
 *     version u8 | counter u32 | flags u8 | [X25519 key 32, if flag 1] | nonce 12 | sealed ...
 */
import { type Bytes, bytesIn, concat, fromBase64url, toBase64url, u32, utf8 } from "../bytes.ts";
import { idBytes, type PeerId, type SwarmId } from "../ids.ts";
import type { SignalKind } from "../tracker/messages.ts";

export type Envelope = {
  /** 0 for the first of its direction, then one more each time. */
  readonly counter: number;
  /** The sender's fresh key: in an offer and an answer. */
  readonly freshKey: Bytes | null;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
};

/** Whom a signal is from, to, and about. */
export type Address = {
  readonly swarm: SwarmId;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly kind: SignalKind;
  /** Base64url of 16 bytes. */
  readonly exchange: string;
};

const VERSION = 1;
const HEAD_BYTES = 6;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function encodeEnvelope(envelope: Envelope): string {
  const { counter, freshKey, nonce, sealed } = envelope;
  const head = concat(new Uint8Array([VERSION]), u32(counter), new Uint8Array([freshKey ? 1 : 0]));
  return toBase64url(concat(head, freshKey ?? new Uint8Array(0), nonce, sealed));
}

/** Null for anything else than an envelope of this version. */
export function decodeEnvelope(body: string): Envelope | null {
  const bytes = fromBase64url(body);
  if (bytes === null || bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return null;
  const flags = bytes[5] ?? 0;
  if (flags > 1) return null;
  const nonceAt = HEAD_BYTES + flags * KEY_BYTES;
  const sealedAt = nonceAt + NONCE_BYTES;
  if (bytes.length <= sealedAt + TAG_BYTES) return null;
  return {
    counter: new DataView(bytes.buffer).getUint32(1, true),
    freshKey: flags === 1 ? bytes.slice(HEAD_BYTES, nonceAt) : null,
    nonce: bytes.slice(nonceAt, sealedAt),
    sealed: bytes.slice(sealedAt),
  };
}

/** What the seal and the signature cover beside the text: a moved or replayed signal won't open. */
export function associatedData(address: Address, counter: number, freshKey: Bytes | null): Bytes {
  return concat(
    utf8(`shoal signal v${VERSION}\0${address.kind}\0`),
    idBytes(address.swarm),
    idBytes(address.from),
    idBytes(address.to),
    bytesIn(address.exchange),
    u32(counter),
    freshKey ?? new Uint8Array(0),
  );
}
