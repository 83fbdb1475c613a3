/** The shares of which this browser keeps something, as the page that lists them wants them. */
import type { Bytes } from "@shoal/swarm/bytes";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { SwarmId } from "@shoal/swarm/ids";
import { decodeManifest, type Manifest } from "@shoal/swarm/share/manifest";
import { SIGNATURE_BYTES } from "@shoal/swarm/share/statement";
import type { KeptShare } from "../protocol/kept.ts";
import { nameOf } from "./view.ts";

/** What is found of one share, before it is looked into. */
export type Found = Pick<KeptShare, "swarm" | "role" | "isEnded" | "usedMs"> & {
  /** What follows the link's `#`; null where an older version kept none. */
  readonly fragment: string | null;
  /** The manifest as it travels. */
  readonly signed: Bytes;
  /** The bits of the pieces that are held; null where nothing is, or they are damaged. */
  readonly held: Bytes | null;
};

/** Null where nothing can be said of it, and nothing be done with it. */
export function keptShare(found: Found, openSwarms: ReadonlySet<SwarmId>): KeptShare | null {
  const { swarm, role, fragment, isEnded, usedMs, signed, held } = found;
  const manifest = manifestIn(signed);
  if (manifest === null || fragment === null) return null;
  return {
    swarm,
    role,
    fragment,
    isEnded,
    usedMs,
    name: nameOf({ manifest }),
    fileCount: manifest.files.length,
    totalBytes: manifest.layout.totalBytes,
    keptBytes: role === "sharer" ? 0 : bytesIn(manifest, held),
    isOpen: openSwarms.has(swarm),
  };
}

/** Its signature is checked when the share is opened. */
function manifestIn(signed: Bytes): Manifest | null {
  try {
    return decodeManifest(signed.subarray(SIGNATURE_BYTES));
  } catch {
    return null; // Safe: it is damaged, and opening the link finds out what of it is good.
  }
}

function bytesIn({ layout }: Manifest, held: Bytes | null): number {
  const pieces = held && Bitfield.parse(held, layout.pieceCount);
  if (pieces === null) return 0;
  if (pieces.isFull) return layout.totalBytes;
  let bytes = 0;
  for (const piece of pieces.pieces()) bytes += layout.span(piece).length;
  return bytes;
}
