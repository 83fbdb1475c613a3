/**
 * A swarm's signal on its way through the ring: sealed once more, whole, so that those who route it learn
 * neither the swarm nor who it is from.
 *
 *     nonce 12 | sealed(from 32 | kind u8 | exchange 16 | body)
 */
import { type Bytes, bytesIn, concat, toBase64url } from "../bytes.ts";
import { openBox, sealBox } from "../box.ts";
import type { CryptoPort } from "../crypto.ts";
import { idBytes, parsePeerId, type PeerId, type SwarmId } from "../ids.ts";
import type { IncomingSignal, OutgoingSignal } from "../tracker/messages.ts";
import { nameOf, SIGNAL_KIND } from "../wire/code.ts";

const ID_BYTES = 32;
const EXCHANGE_BYTES = 16;
const BODY_AT = ID_BYTES + 1 + EXCHANGE_BYTES;
const NOTHING = new Uint8Array(0);

/** `secret`: 32 bytes that members alone know (`Meeting.secret`). */
export async function sealSignal(
  { kind, exchange, body }: OutgoingSignal,
  from: PeerId,
  secret: Bytes,
  crypto: CryptoPort,
): Promise<Bytes> {
  const plain = concat(
    idBytes(from),
    Uint8Array.of(SIGNAL_KIND[kind]),
    bytesIn(exchange),
    bytesIn(body),
  );
  return sealBox(crypto, secret, plain, NOTHING);
}

/** Null for what no member of the swarm sealed. */
export async function openSignal(
  sealed: Bytes,
  swarm: SwarmId,
  secret: Bytes,
  crypto: CryptoPort,
): Promise<IncomingSignal | null> {
  const plain = await openBox(crypto, secret, sealed, NOTHING);
  if (plain === null || plain.length < BODY_AT) return null;
  const from = parsePeerId(toBase64url(plain.subarray(0, ID_BYTES)));
  const kind = nameOf(SIGNAL_KIND, plain[ID_BYTES]);
  if (from === null || kind === null) return null;
  const exchange = toBase64url(plain.subarray(ID_BYTES + 1, BODY_AT));
  return { swarm, from, kind, exchange, body: toBase64url(plain.subarray(BODY_AT)) };
}
