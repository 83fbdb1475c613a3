/**
 * What a browser tells the neighbours of its swarms, each once: where it is in the ring.
 *
 *     hello     0 u8 | ring id 32
 */
import { type Bytes, concat, toBase64url } from "@shoal/swarm/bytes";
import type { RingId } from "@shoal/swarm/overlay/position";

const HELLO = 0;
const ID_BYTES = 32;

export const helloOf = (ring: Bytes): Bytes => concat(Uint8Array.of(HELLO), ring);

export const isHello = (content: Bytes): boolean =>
  content[0] === HELLO && content.length === 1 + ID_BYTES;

/** The ring id in a neighbour's hello; null for anything else. */
export const readHello = (content: Bytes): RingId | null =>
  isHello(content) ? (toBase64url(content.subarray(1)) as RingId) : null;
