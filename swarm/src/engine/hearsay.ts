/**
 * Peers that neighbours say they are connected to, and which neighbours say so. What one said counts
 * until it takes it back or leaves. A signature proves that such a peer was in this swarm, and nothing
 * proves that it still is: a neighbour whose word leads nowhere again and again isn't listened to any
 * more.
 */
import { type Bytes, toBase64url } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import type { Acquaintance } from "../signal/identity.ts";
import type { ConnectionId } from "./io.ts";

/** Dials in a row on a neighbour's word that led nowhere, after which it isn't believed. A guess. */
const MOST_FRUITLESS = 8;

type Stranger = {
  readonly acquaintance: Acquaintance;
  /** As it travels. */
  readonly text: string;
  /** Who says that they are connected to it. */
  readonly sources: Set<ConnectionId>;
};

type Source = { readonly strangers: Set<PeerId>; fruitlessCount: number };

export class Hearsay {
  readonly #strangers = new Map<PeerId, Stranger>();
  /** Ids by the introductions that were checked. */
  readonly #ids = new Map<string, PeerId>();
  readonly #sources = new Map<ConnectionId, Source>();

  /** A neighbour that can be believed until it proves otherwise. */
  begin(source: ConnectionId): void {
    this.#sources.set(source, { strangers: new Set(), fruitlessCount: 0 });
  }

  /** It is gone, and what it said with it. */
  end(source: ConnectionId): void {
    this.#withdrawAll(source);
    this.#sources.delete(source);
  }

  /** How many more peers this neighbour may name: no more than it can be connected to. */
  roomOf(source: ConnectionId): number {
    const known = this.#sources.get(source);
    if (known === undefined || known.fruitlessCount >= MOST_FRUITLESS) return 0;
    return LIMITS.peers - known.strangers.size;
  }

  /** Whose introduction this is, where it was checked before; else null. */
  idOf(introduction: Bytes): PeerId | null {
    return this.#ids.get(toBase64url(introduction)) ?? null;
  }

  /** Notes a checked one. False past the bounds, or where the neighbour isn't believed. */
  add(introduction: Bytes, acquaintance: Acquaintance, source: ConnectionId): boolean {
    const { peer } = acquaintance;
    if (!this.#strangers.has(peer)) {
      if (this.#strangers.size >= LIMITS.knownPeers || this.roomOf(source) <= 0) return false;
      const text = toBase64url(introduction);
      this.#ids.set(text, peer);
      this.#strangers.set(peer, { acquaintance, text, sources: new Set() });
    }
    return this.addSource(peer, source);
  }

  /** Another neighbour says the same. */
  addSource(peer: PeerId, source: ConnectionId): boolean {
    const stranger = this.#strangers.get(peer);
    if (stranger === undefined || this.roomOf(source) <= 0) return false;
    stranger.sources.add(source);
    this.#sources.get(source)?.strangers.add(peer);
    return true;
  }

  /** That neighbour isn't connected to it any more. */
  withdraw(peer: PeerId, source: ConnectionId): void {
    const stranger = this.#strangers.get(peer);
    this.#sources.get(source)?.strangers.delete(peer);
    if (stranger === undefined || !stranger.sources.delete(source)) return;
    if (stranger.sources.size > 0) return;
    this.#strangers.delete(peer);
    this.#ids.delete(stranger.text);
  }

  /** A dial on this word came to nothing. */
  failed(peer: PeerId): void {
    for (const source of this.sourcesOf(peer)) {
      const known = this.#sources.get(source);
      if (known !== undefined && ++known.fruitlessCount === MOST_FRUITLESS) {
        this.#withdrawAll(source);
      }
    }
  }

  /** It is there indeed. */
  proven(peer: PeerId): void {
    for (const source of this.sourcesOf(peer)) {
      const known = this.#sources.get(source);
      if (known !== undefined) known.fruitlessCount = 0;
    }
  }

  /** Who it is, while some neighbour is said to be connected to it; else null. */
  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#strangers.get(peer)?.acquaintance ?? null;
  }

  /** Neighbours that say they are connected to it. */
  sourcesOf(peer: PeerId): ConnectionId[] {
    return [...(this.#strangers.get(peer)?.sources ?? [])];
  }

  /** Whether this neighbour said so. */
  says(source: ConnectionId, peer: PeerId): boolean {
    return this.#sources.get(source)?.strangers.has(peer) ?? false;
  }

  peers(): Iterable<PeerId> {
    return this.#strangers.keys();
  }

  #withdrawAll(source: ConnectionId): void {
    for (const peer of this.#sources.get(source)?.strangers ?? []) this.withdraw(peer, source);
  }
}
