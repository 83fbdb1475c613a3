/**
 * Who spoilt a piece. Of a version that didn't match, the hashes of its blocks are kept, and who sent
 * which. When the piece has come as it should, whoever sent a block that differs from it lied, and
 * nobody else did: helpers who sent good blocks stay innocent.
 */
import { LIMITS } from "../limits.ts";
import type { ConnectionId } from "./io.ts";

type Version = { readonly senders: readonly ConnectionId[]; readonly hashes: readonly string[] };

/** Versions that are kept of one piece: more bring no new liar soon. */
const VERSIONS_PER_PIECE = 8;

export class Suspicion {
  readonly #versions = new Map<number, Version[]>();

  /** A version didn't match. `senders` and `hashes` have one entry per block. */
  mismatched(piece: number, senders: readonly ConnectionId[], hashes: readonly string[]): void {
    const versions = this.#versions.get(piece) ?? [];
    if (versions.length >= VERSIONS_PER_PIECE) versions.shift();
    versions.push({ senders, hashes });
    this.#versions.set(piece, versions);
    const [oldest] = this.#versions.keys();
    if (this.#versions.size > LIMITS.suspectPieces && oldest !== undefined) {
      this.#versions.delete(oldest);
    }
  }

  /** The piece matched, with these hashes of its blocks. Returns who sent others. */
  matched(piece: number, hashes: readonly string[]): Set<ConnectionId> {
    const liars = new Set<ConnectionId>();
    for (const version of this.#versions.get(piece) ?? []) {
      for (const [index, sender] of version.senders.entries()) {
        if (version.hashes[index] !== hashes[index]) liars.add(sender);
      }
    }
    this.#versions.delete(piece);
    return liars;
  }
}
