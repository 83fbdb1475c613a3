/**
 * Codes by which two people connect with nothing in between: an invite, which holds the share's link and a
 * whole offer, and the reply to it. Both are fragments of a URL, so that a camera opens them:
 *
 *     invite=  version u8 | link length u16 | link | exchange 16 | fresh key 32 | nonce 12 | sealed | CRC-32
 *     reply=   version u8 | exchange 16 | fresh key 32 | nonce 12 | sealed | CRC-32
 *
 * in base64url, where `sealed` is AES-256-GCM of `peer key 32 | signature 64 | description`. The invite is
 * sealed under HKDF(link secret), so that a share's password guards the addresses in it; the reply under
 * HKDF(link secret, X25519 of both fresh keys), so that its inviter alone reads it. Who alters a code can
 * at most spoil it: the connection that comes of it still has to pass HELLO and PROOF.
 */
import {
  type Bytes,
  bytesIn,
  concat,
  fromBase64url,
  readU16,
  readU32,
  toBase64url,
  u32,
  utf8,
  writeU16,
} from "../bytes.ts";
import { NONCE_BYTES, openBox, sealBox } from "../box.ts";
import type { AgreementKey, CryptoPort } from "../crypto.ts";
import { ShoalError } from "../errors.ts";
import { idBytes, type PeerId, peerIdOf } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import { crc32, decodeLink, encodeLink, type Link } from "../share/link.ts";
import type { ShareSecrets } from "../share/secrets.ts";
import type { Identity } from "../signal/identity.ts";
import { decodeDescription, type Description, encodeDescription } from "./description.ts";
import { INVITE_MARK, REPLY_MARK } from "./marks.ts";

/** What both codes hold, as far as it is known before it is opened. */
export type SealedCode = {
  /** Base64url of 16 random bytes: of an invite and the reply to it the same. */
  readonly exchange: string;
  /** X25519. */
  readonly freshKey: Bytes;
  /** Nonce and sealed. */
  readonly box: Bytes;
};

export type Invite = SealedCode & { readonly link: Link };

/** Who made a code, and how they can be reached. */
export type Opened = { readonly peer: PeerId; readonly description: Description };

/** Who makes a code. */
export type Maker = { readonly identity: Identity; readonly secrets: ShareSecrets };

const VERSION = 1;
const EXCHANGE_BYTES = 16;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const CHECKSUM_BYTES = 4;
const LINK_AT = 3;
const REPLY_AT = 1;
const SEALED_AT = EXCHANGE_BYTES + KEY_BYTES + NONCE_BYTES;
const SALT = utf8("shoal invite v1");

export const newExchange = (crypto: CryptoPort): string =>
  toBase64url(crypto.randomBytes(EXCHANGE_BYTES));

/** Reads an invite, or a URL that carries one, without opening it. Null for anything else. */
export function readInvite(text: string): Invite | null {
  const bytes = bytesBehind(INVITE_MARK, text);
  if (bytes === null) return null;
  const codeAt = LINK_AT + readU16(bytes, 1);
  const code = codeAt < bytes.length ? readCode(bytes.slice(codeAt)) : null;
  const link = linkOf(toBase64url(bytes.subarray(LINK_AT, codeAt)));
  return code && link && { ...code, link };
}

/** Reads a reply, or a URL that carries one, without opening it. Null for anything else. */
export function readReply(text: string): SealedCode | null {
  const bytes = bytesBehind(REPLY_MARK, text);
  return bytes && readCode(bytes.slice(REPLY_AT));
}

/** `freshKey` is of the pair that opens the reply. */
export async function makeInvite(
  { identity, secrets }: Maker,
  link: Link,
  of: { readonly exchange: string; readonly freshKey: Bytes; readonly description: Description },
  crypto: CryptoPort,
): Promise<string> {
  const linkBytes = bytesIn(encodeLink(link));
  const head = new Uint8Array(LINK_AT);
  head[0] = VERSION;
  writeU16(head, 1, linkBytes.length);
  const key = await inviteKey(secrets, of.exchange, crypto);
  const bound = boundTo(secrets, "invite", of);
  const code = await seal(identity, key, bound, of, crypto);
  return INVITE_MARK + checked(concat(head, linkBytes, code));
}

/** Null where it isn't of this share, or was altered. */
export async function openInvite(
  invite: Invite,
  secrets: ShareSecrets,
  crypto: CryptoPort,
): Promise<Opened | null> {
  const key = await inviteKey(secrets, invite.exchange, crypto);
  return open(invite, key, boundTo(secrets, "invite", invite), crypto);
}

/** Null where the invite's key is none. */
export async function makeReply(
  { identity, secrets }: Maker,
  invite: SealedCode,
  description: Description,
  crypto: CryptoPort,
): Promise<string | null> {
  const { exchange } = invite;
  const fresh = await crypto.generateAgreementKey();
  const key = await replyKey(secrets, fresh, invite, crypto);
  if (key === null) return null;
  const of = { exchange, freshKey: fresh.publicKey, description };
  const bound = boundTo(secrets, "reply", of);
  const code = await seal(identity, key, bound, of, crypto);
  return REPLY_MARK + checked(concat(Uint8Array.of(VERSION), code));
}

/** `fresh`: the pair of the invite that it answers. Null where it doesn't answer that, or was altered. */
export async function openReply(
  reply: SealedCode,
  fresh: AgreementKey,
  secrets: ShareSecrets,
  crypto: CryptoPort,
): Promise<Opened | null> {
  const key = await replyKey(secrets, fresh, reply, crypto);
  return key && open(reply, key, boundTo(secrets, "reply", reply), crypto);
}

/** The bytes of a code of this version whose checksum is right, without that. */
function bytesBehind(mark: string, text: string): Bytes | null {
  const at = text.indexOf(mark);
  const letters = at < 0 ? "" : text.slice(at + mark.length).trim();
  const bytes = letters.length > LIMITS.inviteLetters ? null : fromBase64url(letters);
  if (bytes === null || bytes.length < CHECKSUM_BYTES) return null;
  const body = bytes.slice(0, -CHECKSUM_BYTES);
  const isWhole = readU32(bytes, body.length) === crc32(body);
  return isWhole && body[0] === VERSION ? body : null;
}

const checked = (body: Bytes): string => toBase64url(concat(body, u32(crc32(body))));

function linkOf(fragment: string): Link | null {
  try {
    return decodeLink(fragment);
  } catch (error) {
    if (error instanceof ShoalError) return null; // Safe: an invite to no share is none.
    throw error;
  }
}

function readCode(bytes: Bytes): SealedCode | null {
  if (bytes.length <= SEALED_AT) return null;
  const nonceAt = EXCHANGE_BYTES + KEY_BYTES;
  return {
    exchange: toBase64url(bytes.subarray(0, EXCHANGE_BYTES)),
    freshKey: bytes.slice(EXCHANGE_BYTES, nonceAt),
    box: bytes.slice(nonceAt),
  };
}

const inviteKey = (secrets: ShareSecrets, exchange: string, crypto: CryptoPort): Promise<Bytes> =>
  crypto.hkdf(secrets.signalSecret, SALT, concat(utf8("invite\0"), bytesIn(exchange)), 32);

/** Of my fresh key and the other's. */
async function replyKey(
  secrets: ShareSecrets,
  mine: AgreementKey,
  theirs: Pick<SealedCode, "exchange" | "freshKey">,
  crypto: CryptoPort,
): Promise<Bytes | null> {
  const shared = await mine.agree(theirs.freshKey);
  const info = concat(SALT, utf8("\0reply\0"), bytesIn(theirs.exchange));
  return shared && crypto.hkdf(shared, secrets.signalSecret, info, 32);
}

/** What seal and signature cover beside the description. */
const boundTo = (
  { swarm }: ShareSecrets,
  kind: "invite" | "reply",
  { exchange, freshKey }: Pick<SealedCode, "exchange" | "freshKey">,
): Bytes => concat(SALT, utf8(`\0${kind}\0`), idBytes(swarm), bytesIn(exchange), freshKey);

async function seal(
  { signing }: Identity,
  key: Bytes,
  bound: Bytes,
  of: { readonly exchange: string; readonly freshKey: Bytes; readonly description: Description },
  crypto: CryptoPort,
): Promise<Bytes> {
  const content = encodeDescription(of.description);
  const signature = await signing.sign(concat(bound, content));
  const plain = concat(signing.publicKey, signature, content);
  const box = await sealBox(crypto, key, plain, bound);
  return concat(bytesIn(of.exchange), of.freshKey, box);
}

async function open(
  code: SealedCode,
  key: Bytes,
  bound: Bytes,
  crypto: CryptoPort,
): Promise<Opened | null> {
  const plain = await openBox(crypto, key, code.box, bound);
  if (plain === null) return null;
  const contentAt = KEY_BYTES + SIGNATURE_BYTES;
  const peerKey = plain.slice(0, KEY_BYTES);
  const content = plain.slice(contentAt);
  const signature = plain.slice(KEY_BYTES, contentAt);
  if (!(await crypto.verify(peerKey, concat(bound, content), signature))) return null;
  const description = decodeDescription(content);
  return description && { peer: await peerIdOf(peerKey, crypto), description };
}
