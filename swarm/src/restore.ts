/**
 * Going on where an earlier session of this browser stopped. A journal that is whole is taken at its
 * word for pieces, whose hashes matched when they came; what it says of the share has to be signed.
 * What a damaged one no longer tells is found out by comparing what is stored.
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
  /** Pieces that are stored: one bit each, as BITFIELD has them; null where that is damaged. */
  readonly held: Bytes | null;
};

/**
 * What of it can be used; null where nothing can. Pieces of pages that aren't signed have to be
 * compared, and all pieces where it isn't known which are held.
 * `publicKey` is the share's.
 */
export async function restore(
  publicKey: Bytes,
  secrets: ShareSecrets,
  crypto: CryptoPort,
  { signed, pages, held }: Remains,
): Promise<Restored | null> {
  const before = await restoreShared(publicKey, secrets, crypto, { signed, pages });
  if (before === null) return null;
  const { layout } = before.manifest;
  const noted = held && Bitfield.parse(held, layout.pieceCount);
  const usable = new Bitfield(layout.pieceCount);
  const unchecked = noted?.copy() ?? Bitfield.full(layout.pieceCount);
  for (const { index } of before.pages) {
    const { first, end } = layout.piecesOfPage(index);
    for (let piece = first; piece < end; piece++) {
      if (noted?.has(piece) !== true) continue;
      usable.add(piece);
      unchecked.remove(piece);
    }
  }
  return { ...before, held: usable, unchecked };
}

/** What of a share is signed: its manifest, without which the rest is of no use, and pages of it. */
export async function restoreShared(
  publicKey: Bytes,
  secrets: ShareSecrets,
  crypto: CryptoPort,
  { signed, pages }: Omit<Remains, "held">,
): Promise<Omit<Restored, "held" | "unchecked"> | null> {
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
