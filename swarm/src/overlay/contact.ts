/**
 * Contact records: by which newcomers find a swarm in the ring. Each member puts one under the hash of a
 * public key whose private half follows from the link, so that whoever holds records takes none that a
 * stranger made up, and learns neither swarm nor member. The content is sealed for members, who derive
 * the secret from the link (and its password).
 *
 *     content   1 u8 | public key 32 | signature 64 | nonce 12 | sealed(peer's introduction 128, ring id 32)
 *     signed    "shoal contact v1\0" | key 32 | slot 16 | sequence u48 | expiry u48 | nonce, sealed
 */
import { type Bytes, bytesIn, concat, toBase64url, u48, utf8 } from "../bytes.ts";
import { openBox, sealBox } from "../box.ts";
import type { CryptoPort, SigningKey } from "../crypto.ts";
import type { ShareSecrets } from "../share/secrets.ts";
import { type Acquaintance, checkIntroduction, type Identity } from "../signal/identity.ts";
import type { Introduction } from "../tracker/messages.ts";
import type { RingRecord } from "./io.ts";
import type { RingId } from "./position.ts";

/** What is in the first byte of a contact record's content. */
const CONTACT = 1;
const SALT = utf8("shoal ring v1");
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SEALED_AT = 1 + KEY_BYTES + SIGNATURE_BYTES;
const PLAIN_BYTES = 2 * KEY_BYTES + SIGNATURE_BYTES + KEY_BYTES;

/** Where a swarm's contact records are, and what makes and opens them. */
export type Meeting = {
  /** The records' key: base64url of a SHA-256. */
  readonly key: string;
  readonly signing: SigningKey;
  readonly secret: Bytes;
};

/** A member, and which peer of the ring brings signals to it. */
export type Contact = { readonly acquaintance: Acquaintance; readonly ring: RingId };

/** All members come to the same; nobody else can. */
export async function meetingOf(
  { swarm, signalSecret }: ShareSecrets,
  crypto: CryptoPort,
): Promise<Meeting> {
  const of = (what: string): Promise<Bytes> =>
    crypto.hkdf(signalSecret, SALT, utf8(`${what}\0${swarm}`), 32);
  const signing = await crypto.signingKeyFrom(await of("contact key"));
  const key = toBase64url(await crypto.sha256(signing.publicKey));
  return { key, signing, secret: await of("contact secret") };
}

/** This peer's own record, for as long as it says. */
export async function makeContact(
  { key, signing, secret }: Meeting,
  { introduction }: Identity,
  ring: RingId,
  when: { readonly nowMs: number; readonly lifeMs: number },
  crypto: CryptoPort,
): Promise<RingRecord> {
  const { peerKey, agreementKey, agreementSignature } = introduction;
  const plain = concat(...[peerKey, agreementKey, agreementSignature, ring].map(bytesIn));
  // A slot that says nothing: the same for this member each time, and known to members alone.
  const slot = toBase64url((await crypto.mac(secret, bytesIn(peerKey))).slice(0, 16));
  const sealed = await sealBox(crypto, secret, plain, bytesIn(slot));
  const head = { key, slot, sequence: when.nowMs, expiresMs: when.nowMs + when.lifeMs };
  const signature = await signing.sign(statementOf(head, sealed));
  const content = concat(Uint8Array.of(CONTACT), signing.publicKey, signature, sealed);
  return { ...head, content };
}

/** Whether a contact record is what its key stands for. Anyone can tell; what is in it only members can. */
export async function isSignedContact(record: RingRecord, crypto: CryptoPort): Promise<boolean> {
  const { content } = record;
  if (content[0] !== CONTACT || content.length <= SEALED_AT) return false;
  const publicKey = content.slice(1, 1 + KEY_BYTES);
  if (toBase64url(await crypto.sha256(publicKey)) !== record.key) return false;
  const signature = content.slice(1 + KEY_BYTES, SEALED_AT);
  return crypto.verify(publicKey, statementOf(record, content.slice(SEALED_AT)), signature);
}

/** Whom a record of this meeting names; null where it isn't good. */
export async function openContact(
  record: RingRecord,
  { key, secret }: Meeting,
  swarm: ShareSecrets["swarm"],
  crypto: CryptoPort,
): Promise<Contact | null> {
  if (record.key !== key || !(await isSignedContact(record, crypto))) return null;
  const sealed = record.content.slice(SEALED_AT);
  const plain = await openBox(crypto, secret, sealed, bytesIn(record.slot));
  if (plain?.length !== PLAIN_BYTES) return null;
  const field = (at: number, byteCount: number): string =>
    toBase64url(plain.subarray(at, at + byteCount));
  const introduction: Introduction = {
    peerKey: field(0, KEY_BYTES),
    agreementKey: field(KEY_BYTES, KEY_BYTES),
    agreementSignature: field(2 * KEY_BYTES, SIGNATURE_BYTES),
  };
  const acquaintance = await checkIntroduction(introduction, swarm, crypto);
  const ring = field(2 * KEY_BYTES + SIGNATURE_BYTES, KEY_BYTES) as RingId;
  return acquaintance && { acquaintance, ring };
}

const statementOf = (
  { key, slot, sequence, expiresMs }: Omit<RingRecord, "content">,
  sealed: Bytes,
): Bytes =>
  concat(
    utf8("shoal contact v1\0"),
    bytesIn(key),
    bytesIn(slot),
    u48(sequence),
    u48(expiresMs),
    sealed,
  );
