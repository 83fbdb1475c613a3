/**
 * Hash pages: fetching, serving, and (at the sharer) having them made. A page is asked only of
 * peers that hold a piece of it, since they must know its hashes, and in random order, so that
 * leechers start in different places.
 */
import { LIMITS } from "../limits.ts";
import type { Layout } from "../share/layout.ts";
import type { Bitfield } from "./bitfield.ts";
import type { Core } from "./core.ts";
import { type Bytes, sameBytes } from "../bytes.ts";
import type { Contradiction, Page } from "./io.ts";
import type { Peer } from "./peer.ts";

/** A page that hasn't come for so long may be asked of another peer beside. */
const PATIENCE_MS = 10_000;
/** A peer that owes a page and says nothing at all for so long is let go of. */
const SILENCE_MS = 60_000;
/** A peer that sent a bad piece has so long to show the page that it goes by. */
const TRIAL_MS = 10_000;
const PAGES_PER_PEER = 2;
/** Pages that the sharer hashes at once: one ahead of demand, one on demand. */
const PAGES_BEING_MADE = 2;
const HASH_BYTES = 32;

/** The 32-byte hash of a piece, in its page. */
export function hashIn({ index, hashes }: Page, layout: Layout, piece: number): Bytes {
  const at = (piece - layout.piecesOfPage(index).first) * HASH_BYTES;
  return hashes.slice(at, at + HASH_BYTES);
}

export class HashPages {
  readonly #core: Core;
  readonly #known = new Map<number, Page>();
  /** Asked of somebody not long ago. */
  readonly #requested = new Set<number>();
  readonly #checking = new Set<number>();
  readonly #making = new Set<number>();
  #nextAhead = 0;
  #hashedBytes = 0;
  /** Something changed since there was last nothing to ask for. */
  #mayFetch = true;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Content whose hashes are known here: at the sharer, how far hashing has come. */
  get hashedBytes(): number {
    return this.#hashedBytes;
  }

  /** The 32-byte hash of a piece, or null while its page isn't known. */
  hashOf(piece: number): Bytes | null {
    const layout = this.#core.content?.manifest.layout;
    const page = layout && this.#known.get(layout.pageOf(piece));
    if (!layout || !page) return null;
    return hashIn(page, layout, piece);
  }

  isKnown(piece: number): boolean {
    const layout = this.#core.content?.manifest.layout;
    return layout !== undefined && this.#known.has(layout.pageOf(piece));
  }

  // Fetching.

  /** A peer has more than before, or more is wanted: pages may be asked for. */
  mayFetch(): void {
    this.#mayFetch = true;
  }

  /** Asks for, or makes, whatever can be now. Cheap where nothing changed. */
  pump(): void {
    if (this.#core.config.share !== null) {
      const pageCount = this.#core.content?.manifest.layout.pageCount ?? 0;
      return this.#known.size < pageCount ? this.#make() : undefined;
    }
    if (!this.#mayFetch) return;
    this.#mayFetch = false;
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined || this.#known.size + this.#checking.size === layout.pageCount) return;
    for (const peer of this.#core.proven()) this.#fetch(peer, layout.pageCount);
  }

  #fetch(peer: Peer, pageCount: number): void {
    if (peer.has === null || (peer.wantedCount === 0 && this.ownPieces === null)) return;
    while (peer.pageRequests.size < PAGES_PER_PEER) {
      const page = this.#choose(peer, pageCount);
      if (page === null) return;
      this.#requested.add(page);
      this.#ask(peer, page);
    }
  }

  #ask(peer: Peer, page: number): void {
    const { nowMs } = this.#core;
    peer.pageRequests.set(page, { askedAtMs: nowMs });
    this.#core.wakeBy(nowMs + PATIENCE_MS);
    this.#core.send(peer, { type: "page-request", page });
  }

  /**
   * A peer sent a bad piece: it has to show the page that it goes by. Unless that is signed and
   * another than mine, it lied.
   */
  examine(peer: Peer, piece: number): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined || peer.trial !== null) return;
    const page = layout.pageOf(piece);
    peer.trial = { page, untilMs: this.#core.nowMs + TRIAL_MS };
    this.#core.wakeBy(peer.trial.untilMs);
    this.#ask(peer, page);
  }

  #choose(peer: Peer, pageCount: number): number | null {
    const head = this.playsAt;
    if (head !== null && head < pageCount && this.#mayAsk(peer, head)) return head;
    let chosen: number | null = null;
    let ties = 0;
    for (let page = 0; page < pageCount; page++) {
      if (!this.#mayAsk(peer, page)) continue;
      ties++;
      if (this.#core.rng() * ties < 1) chosen = page;
    }
    return chosen;
  }

  #mayAsk(peer: Peer, page: number): boolean {
    if (this.#known.has(page) || this.#checking.has(page) || this.#requested.has(page))
      return false;
    if (peer.pagesRejected.has(page) || peer.pageRequests.has(page)) return false;
    return this.#holdsOf(peer, page) || this.#isOfOwn(page);
  }

  /** The page that a play head waits for is asked for before all others; null: there is none. */
  playsAt: number | null = null;

  /** Pages of other pieces aren't asked for; null: all are. */
  wantedPieces: Bitfield | null = null;

  /**
   * Pieces that the person has a copy of, whose hashes alone are missing. Their pages are asked of
   * anybody: who fetches may know them before it has a piece. Null: none.
   */
  ownPieces: Bitfield | null = null;

  #isOfOwn(page: number): boolean {
    const range = this.#core.content?.manifest.layout.piecesOfPage(page);
    if (range === undefined || this.ownPieces === null) return false;
    const piece = this.ownPieces.next(this.ownPieces, "held", range.first);
    return piece >= 0 && piece < range.end;
  }

  /** A peer got a piece, and so knows its hashes by now, also where it didn't before. */
  has(peer: Peer, piece: number): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout !== undefined) peer.pagesRejected.delete(layout.pageOf(piece));
    this.#mayFetch = true;
  }

  /** Whether the peer has a wanted piece of the page. */
  #holdsOf(peer: Peer, page: number): boolean {
    const range = this.#core.content?.manifest.layout.piecesOfPage(page);
    if (range === undefined || peer.has === null) return false;
    const piece = peer.has.next(this.wantedPieces ?? peer.has, "held", range.first);
    return piece >= 0 && piece < range.end;
  }

  /** The request to this peer is over; false where there was none. */
  #settle(peer: Peer, page: number): boolean {
    if (!peer.pageRequests.delete(page)) return false;
    this.#requested.delete(page);
    this.#mayFetch = true;
    return true;
  }

  received(peer: Peer, page: Page): void {
    if (!this.#settle(peer, page.index)) return this.#core.drop(peer, "protocolError");
    const range = this.#core.content?.manifest.layout.piecesOfPage(page.index);
    if (range === undefined || page.hashes.length !== (range.end - range.first) * HASH_BYTES) {
      return this.#core.drop(peer, "badData");
    }
    const mine = this.#known.get(page.index);
    if (mine === undefined) {
      if (this.#checking.has(page.index)) return;
      this.#checking.add(page.index);
    } else if (sameBytes(mine.hashes, page.hashes)) {
      // It knew what the piece should have been.
      return peer.trial?.page === page.index ? this.#core.drop(peer, "badData") : undefined;
    }
    this.#core.emit({ type: "check-page", connection: peer.connection, page });
  }

  rejected(peer: Peer, page: number): void {
    if (!this.#settle(peer, page)) return this.#core.drop(peer, "protocolError");
    if (peer.trial?.page === page) return this.#core.drop(peer, "badData");
    peer.pagesRejected.add(page);
  }

  /** Returns a proof of contradiction where another page was signed for the same slot. */
  checked(page: Page, ok: boolean): Contradiction | null {
    this.#mayFetch = true;
    const mine = this.#known.get(page.index);
    if (mine !== undefined) return ok ? { pages: [mine, page] } : null;
    this.#checking.delete(page.index);
    if (ok) this.keep(page);
    return null;
  }

  /** A page whose signature was checked, now or in an earlier session, or made here. */
  keep(page: Page): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined || this.#known.has(page.index)) return;
    this.#known.set(page.index, page);
    const { first, end } = layout.piecesOfPage(page.index);
    for (let piece = first; piece < end; piece++) this.#hashedBytes += layout.span(piece).length;
    this.onKnown(page);
  }

  /** Called with each page whose hashes became known. */
  onKnown: (page: Page) => void = () => undefined;

  /** Pages whose hashes are known. */
  known(): Iterable<Page> {
    return this.#known.values();
  }

  /** A connection ended: what it owed is asked of others. */
  dropped(peer: Peer): void {
    for (const page of peer.pageRequests.keys()) this.#settle(peer, page);
  }

  wake(): void {
    const { nowMs } = this.#core;
    for (const peer of this.#core.peers.values()) {
      for (const [page, { askedAtMs }] of peer.pageRequests) {
        if (askedAtMs + PATIENCE_MS > nowMs || !this.#requested.delete(page)) continue;
        this.#mayFetch = true;
      }
      if ((peer.trial?.untilMs ?? Infinity) <= nowMs) this.#core.drop(peer, "badData");
      else if (this.#silentUntilMs(peer) <= nowMs) this.#core.drop(peer, "timeout");
    }
  }

  nextWakeMs(): number {
    let next = Infinity;
    for (const peer of this.#core.peers.values()) {
      for (const [page, { askedAtMs }] of peer.pageRequests) {
        if (this.#requested.has(page)) next = Math.min(next, askedAtMs + PATIENCE_MS);
      }
      next = Math.min(next, this.#silentUntilMs(peer), peer.trial?.untilMs ?? Infinity);
    }
    return next;
  }

  #silentUntilMs(peer: Peer): number {
    const [oldest] = peer.pageRequests.values();
    if (oldest === undefined) return Infinity;
    return Math.max(oldest.askedAtMs, peer.lastFrameAtMs) + SILENCE_MS;
  }

  // Serving.

  requested(peer: Peer, page: number): void {
    if (peer.pagesAsked.size >= LIMITS.metaRequestsPerPeer) {
      return this.#core.drop(peer, "protocolError");
    }
    peer.pagesAsked.add(page);
    this.serve(peer);
  }

  /** Answers what this peer asked for, as far as its send buffer has room. */
  serve(peer: Peer): void {
    for (const index of peer.pagesAsked) {
      if (peer.bufferedBytes >= this.#core.config.sendBufferBytes) return;
      const page = this.#known.get(index);
      if (page !== undefined) {
        peer.pagesAsked.delete(index);
        const { signature, hashes } = page;
        this.#core.send(peer, { type: "page", page: index, signature, hashes });
      } else if (!this.#isMakeable(index)) {
        peer.pagesAsked.delete(index);
        this.#core.send(peer, { type: "page-reject", page: index });
      }
    }
  }

  // Making, at the sharer.

  /** Whether the piece's hash will be signed here. */
  isMakeable(piece: number): boolean {
    const layout = this.#core.content?.manifest.layout;
    return layout !== undefined && this.#isMakeable(layout.pageOf(piece));
  }

  #isMakeable(page: number): boolean {
    const { config, content, status } = this.#core;
    if (config.share === null || content === null || status.kind !== "running") return false;
    return page < content.manifest.layout.pageCount;
  }

  #make(): void {
    while (this.#making.size < PAGES_BEING_MADE) {
      const page = this.#demanded() ?? this.#ahead();
      if (page === null) return;
      this.#making.add(page);
      this.#core.emit({ type: "make-page", page });
    }
  }

  /** A page that somebody waits for; of any peer with the same chance, however many it asked for. */
  #demanded(): number | null {
    let chosen: number | null = null;
    let ties = 0;
    for (const peer of this.#core.proven()) {
      const page = this.#unmadeFor(peer);
      if (page === null) continue;
      ties++;
      if (this.#core.rng() * ties < 1) chosen = page;
    }
    return chosen;
  }

  /** One that it asked for, or asked for blocks of. */
  #unmadeFor(peer: Peer): number | null {
    for (const page of peer.pagesAsked) if (this.#isUnmade(page)) return page;
    for (const { piece } of peer.unhashed) {
      const page = this.#core.content?.manifest.layout.pageOf(piece);
      if (page !== undefined && this.#isUnmade(page)) return page;
    }
    return null;
  }

  /** One page is made ahead of demand at a time, in the files' order, which disks like best. */
  #ahead(): number | null {
    if (this.#making.size > 0) return null;
    while (this.#isMakeable(this.#nextAhead) && !this.#isUnmade(this.#nextAhead)) {
      this.#nextAhead++;
    }
    return this.#isMakeable(this.#nextAhead) ? this.#nextAhead : null;
  }

  #isUnmade(page: number): boolean {
    return this.#isMakeable(page) && !this.#known.has(page) && !this.#making.has(page);
  }

  made(page: Page): void {
    this.#making.delete(page.index);
    this.keep(page);
    for (const peer of this.#core.proven()) this.serve(peer);
  }
}
