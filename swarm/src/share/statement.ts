/**
 * Statements: what a share's key signs. Each slot of a manifest, page or end is signed once; of what it
 * says to catalogues the newest holds (`catalogue/entry.ts`).
 */
import { type Bytes, concat, u32, utf8 } from "../bytes.ts";
import { idBytes, type SwarmId } from "../ids.ts";

export const STATEMENT = { manifest: 1, page: 2, end: 3, catalogue: 4 } as const;
/** Ed25519. */
export const SIGNATURE_BYTES = 64;
export type StatementType = (typeof STATEMENT)[keyof typeof STATEMENT];

/**
 * The bytes that are signed: what it is, for which swarm and slot, and the content.
 * `index` is the page's for a page, else 0.
 */
export function statement(
  type: StatementType,
  swarm: SwarmId,
  index: number,
  content: Uint8Array,
): Bytes {
  return concat(
    utf8("shoal statement v1\0"),
    new Uint8Array([type]),
    idBytes(swarm),
    u32(index),
    content,
  );
}
