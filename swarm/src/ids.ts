/** The two names that travel: a swarm's and a peer's. Both are 32 bytes, shown as base64url. */
import { type Bytes, concat, fromBase64url, toBase64url, utf8 } from "./bytes.ts";
import type { CryptoPort } from "./crypto.ts";

/** Base64url of 32 bytes, derived from the share's public key: all that a server learns of it. */
export type SwarmId = string & { readonly brand: "SwarmId" };

/** Base64url of the SHA-256 of a peer's public key: one per session and swarm. */
export type PeerId = string & { readonly brand: "PeerId" };

/** An id as it travels. */
export const ID_BYTES = 32;

const isId = (text: string): boolean =>
  text.length === 43 && fromBase64url(text)?.length === ID_BYTES;

/** Null unless the text is base64url of 32 bytes. */
export function parseSwarmId(text: string): SwarmId | null {
  return isId(text) ? (text as SwarmId) : null;
}

/** Null unless the text is base64url of 32 bytes. */
export function parsePeerId(text: string): PeerId | null {
  return isId(text) ? (text as PeerId) : null;
}

/** The swarm id with these 32 bytes. */
export function swarmIdOf(bytes: Bytes): SwarmId {
  return toBase64url(bytes) as SwarmId;
}

/** The peer id with these 32 bytes. */
export function peerIdFrom(bytes: Bytes): PeerId {
  return toBase64url(bytes) as PeerId;
}

/** The id of the peer that holds this public key. */
export async function peerIdOf(publicKey: Bytes, crypto: CryptoPort): Promise<PeerId> {
  return peerIdFrom(await crypto.sha256(concat(utf8("shoal peer id v1\0"), publicKey)));
}

/** The 32 bytes behind an id. */
export function idBytes(id: SwarmId | PeerId): Bytes {
  const bytes = fromBase64url(id);
  if (bytes === null) throw new Error("a branded id holds base64url");
  return bytes;
}
