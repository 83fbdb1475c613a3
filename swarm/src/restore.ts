/**
 * Going on where an earlier session of this browser stopped. Its journal is taken at its word for
 * pieces, whose hashes matched when they came; what it says of the share has to be signed.
 */
import type { Bytes } from "./bytes.ts";
import type { CryptoPort } from "./crypto.ts";
import { Bitfield } from "./engine/bitfield.ts";
import type { Page, Restored } from "./engine/io.ts";
import { ShoalError } from "./errors.ts";
import { decodeManifest, type Manifest } from "./share/manifest.ts";
import type { ShareSecrets } from "./share/secrets.ts";
import { SIGNATURE_BYTES, STATEMENT, statement } from "./share/statement.ts";

/** A journal as it was found. */
export type Remains = {
  /** The manifest as it travels: its signature, then the manifest. */
  readonly signed: Bytes;
  readonly pages: readonly Page[];
  /** Pieces that are stored: one bit each, as BITFIELD has them. */
  readonly held: Bytes;
};

/**
 * What of it can be used; null where nothing can. Pieces of pages that aren't signed are left out.
 * `publicKey` is the share's.
 */
export async function restore(
  publicKey: Bytes,
  secrets: ShareSecrets,
  crypto: CryptoPort,
  { signed, pages, held }: Remains,
): Promise<Restored | null> {
  const before = await restoreShared(publicKey, secrets, crypto, { signed, pages });
  const found = before && Bitfield.parse(held, before.manifest.layout.pieceCount);
  if (before === null || found === null) return null;
  const usable = new Bitfield(found.size);
  for (const { index } of before.pages) {
    const { first, end } = before.manifest.layout.piecesOfPage(index);
    for (let piece = first; piece < end; piece++) if (found.has(piece)) usable.add(piece);
  }
  return { ...before, held: usable };
}

/** What of a share is signed: its manifest, without which the rest is of no use, and pages of it. */
export async function restoreShared(
  publicKey: Bytes,
  secrets: ShareSecrets,
  crypto: CryptoPort,
  { signed, pages }: Omit<Remains, "held">,
): Promise<Omit<Restored, "held"> | null> {
  const content = signed.slice(SIGNATURE_BYTES);
  const signature = signed.slice(0, SIGNATURE_BYTES);
  const stated = statement(STATEMENT.manifest, secrets.swarm, 0, content);
  if (!(await crypto.verify(publicKey, stated, signature))) return null;
  const manifest = decoded(content);
  if (manifest === null) return null;
  const { layout } = manifest;
  const good: Page[] = [];
  for (const page of pages) {
    if (page.index >= layout.pageCount) continue;
    const { first, end } = layout.piecesOfPage(page.index);
    const said = statement(STATEMENT.page, secrets.swarm, page.index, page.hashes);
    const isWhole = page.hashes.length === (end - first) * 32;
    if (isWhole && (await crypto.verify(publicKey, said, page.signature))) good.push(page);
  }
  return { manifest, signed, pages: good };
}

function decoded(content: Bytes): Manifest | null {
  try {
    return decodeManifest(content);
  } catch (error) {
    if (error instanceof ShoalError) return null; // Safe: a later session of another version's.
    throw error;
  }
}
