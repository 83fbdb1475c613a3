/**
 * Where peers and keys stand on the ring: the first 48 bits of a peer's public key, or of a record's
 * SHA-256, as a whole number. Both are as good as uniform. Among a million peers two share one with a
 * probability of one in 500; then the id decides.
 */
import { fromBase64url } from "../bytes.ts";

/**
 * Who a peer is in the ring: base64url of its X25519 public key, 32 bytes. The key itself and not its
 * hash: who knows an id can seal to it with no question for a key before. A place can be had by trying
 * keys, as it could be with a hash.
 */
export type RingId = string & { readonly brand: "RingId" };

/** From 0 to `RING` - 1. */
export type Position = number;

/** All positions there are. */
export const RING = 2 ** 48;

/** The letters of base64url that hold 48 bits. */
const LETTERS = 8;

/** A peer, and where it stands. */
export type Place = { readonly peer: RingId; readonly at: Position };

export const placeOf = (peer: RingId): Place => ({ peer, at: positionOf(peer) });

/** Of a ring id, or of a key: both are base64url of at least six bytes. */
export function positionOf(id: string): Position {
  const bytes = fromBase64url(id.slice(0, LETTERS));
  return bytes?.reduce((sum, byte) => sum * 256 + byte, 0) ?? 0;
}

/** How far `to` is ahead of `from`, the way that positions grow: 0 to `RING` - 1. */
export const ahead = (from: Position, to: Position): number => (to - from + RING) % RING;

/** Of a distance ahead: 0 is the far half of the ring, each next octave one half as far. */
export const octaveOf = (distance: number): number =>
  Math.floor(Math.log2(RING / Math.max(1, distance)));

/** How far the two are apart, the shorter way: 0 to `RING` / 2. */
export function apart(one: Position, other: Position): number {
  const distance = ahead(one, other);
  return Math.min(distance, RING - distance);
}

/** The position that is so far ahead. */
export const from = (start: Position, distance: number): Position =>
  (start + Math.floor(distance)) % RING;
