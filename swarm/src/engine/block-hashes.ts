/** Fingerprints of a piece's blocks, by which a bad version is compared with the good one. */
import { type Bytes, toBase64url } from "../bytes.ts";
import { LIMITS } from "../limits.ts";

/** One per block of 128 KiB, in order: base64url of what `hash` makes of it. */
export function blockHashesOf(
  piece: Bytes,
  hash: (block: Bytes) => Promise<Uint8Array>,
): Promise<string[]> {
  const hashes: Promise<string>[] = [];
  for (let offset = 0; offset < piece.length; offset += LIMITS.blockBytes) {
    hashes.push(hash(piece.slice(offset, offset + LIMITS.blockBytes)).then(toBase64url));
  }
  return Promise.all(hashes);
}
