/** Sealed bytes with their nonce in front: `nonce 12 | AES-256-GCM`. */
import { type Bytes, concat } from "./bytes.ts";
import type { CryptoPort } from "./crypto.ts";

export const NONCE_BYTES = 12;

/** `key`: 32 bytes. `bound`: associated data. */
export async function sealBox(
  crypto: CryptoPort,
  key: Bytes,
  plain: Bytes,
  bound: Bytes,
): Promise<Bytes> {
  const nonce = crypto.randomBytes(NONCE_BYTES);
  return concat(nonce, await crypto.seal(key, nonce, plain, bound));
}

/** Undoes `sealBox`; null where key, associated data or bytes don't match. */
export async function openBox(
  crypto: CryptoPort,
  key: Bytes,
  box: Bytes,
  bound: Bytes,
): Promise<Bytes | null> {
  if (box.length < NONCE_BYTES) return null;
  return crypto.open(key, box.slice(0, NONCE_BYTES), box.slice(NONCE_BYTES), bound);
}
