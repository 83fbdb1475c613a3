/**
 * The manifest and the hash pages: fetching, serving, and (at the sharer) having them made. A page
 * is asked only of peers that hold a piece of it, since they must know its hashes, and in random
 * order, so that leechers start in different places.
 */
import type { Bytes } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import type { Core } from "./core.ts";
import type { Page } from "./io.ts";
import type { Peer } from "./peer.ts";

/** Silence of a peer that owes a manifest part. */
const PART_MS = 15_000;
/** The sharer hashes 32 MiB on demand, perhaps from a slow disk, after others' demands. */
const PAGE_MS = 60_000;
const PAGES_PER_PEER = 2;
/** Pages that the sharer hashes at once: one ahead of demand, one on demand. */
const PAGES_BEING_MADE = 2;

type Fetch = {
  readonly connection: number;
  buffer: Uint8Array<ArrayBuffer> | null;
  receivedBytes: number;
  deadlineMs: number;
  /** All parts are there and the signature is being checked. */
  checking: boolean;
};

export class Metadata {
  readonly #core: Core;
  #fetch: Fetch | null = null;
  /** The manifest with its signature in front, as it travels. */
  #signed: Bytes | null = null;
  readonly #pages = new Map<number, Page>();
  readonly #pagesChecking = new Set<number>();
  readonly #pagesMaking = new Set<number>();
  readonly #pagesDemanded = new Set<number>();
  #nextPageAhead = 0;
  #hashedBytes = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#signed = core.config.share?.signed ?? null;
  }

  /** Content whose hashes are known here: at the sharer, how far hashing has come. */
  get hashedBytes(): number {
    return this.#hashedBytes;
  }

  /** The 32-byte hash of a piece, or null while its page isn't known. */
  hashOf(piece: number): Bytes | null {
    const layout = this.#core.content?.manifest.layout;
    const page = layout && this.#pages.get(layout.pageOf(piece));
    if (!layout || !page) return null;
    const at = (piece - layout.piecesOfPage(page.index).first) * 32;
    return page.hashes.slice(at, at + 32);
  }

  isKnown(piece: number): boolean {
    const layout = this.#core.content?.manifest.layout;
    return layout !== undefined && this.#pages.has(layout.pageOf(piece));
  }

  // Fetching.

  /** Asks for whatever is missing and can be asked for now. */
  pump(): void {
    if (this.#core.status.kind !== "running") return;
    if (this.#core.content === null) this.#fetchManifest();
    else if (this.#core.config.share !== null) this.#makePages();
    else for (const peer of this.#core.proven()) this.#fetchPages(peer);
    for (const peer of this.#core.proven()) this.serve(peer);
  }

  #fetchManifest(): void {
    if (this.#fetch !== null) return;
    const able = [...this.#core.proven()].filter((peer) => peer.claim !== null);
    const chosen = able[Math.floor(this.#core.rng() * able.length)];
    if (chosen === undefined) return;
    const deadlineMs = this.#core.nowMs + PART_MS;
    const { connection } = chosen;
    this.#fetch = { connection, buffer: null, receivedBytes: 0, deadlineMs, checking: false };
    this.#core.send(chosen, { type: "manifest-request", offset: 0 });
  }

  manifestPart(peer: Peer, totalBytes: number, offset: number, part: Bytes): void {
    const fetch = this.#fetch;
    if (fetch?.connection !== peer.connection || fetch.checking) return; // Late: harmless.
    const expected = fetch.buffer?.length ?? totalBytes;
    const isWrong =
      totalBytes !== expected ||
      totalBytes > LIMITS.manifestBytes + 64 ||
      offset !== fetch.receivedBytes ||
      part.length !== Math.min(LIMITS.manifestPartBytes, totalBytes - offset);
    if (isWrong) return this.#core.drop(peer, "protocolError");
    fetch.buffer ??= new Uint8Array(totalBytes);
    fetch.buffer.set(part, offset);
    fetch.receivedBytes += part.length;
    fetch.deadlineMs = this.#core.nowMs + PART_MS;
    if (fetch.receivedBytes < totalBytes) {
      this.#core.send(peer, { type: "manifest-request", offset: fetch.receivedBytes });
    } else {
      fetch.checking = true;
      fetch.deadlineMs = Infinity;
      const { connection } = peer;
      this.#core.emit({ type: "check-manifest", connection, signed: fetch.buffer });
    }
  }

  /** The signature was good: from here on this peer serves it too. */
  manifestChecked(signed: Bytes | null): void {
    this.#fetch = null;
    if (signed !== null) this.#signed = signed;
  }

  #fetchPages(peer: Peer): void {
    const { content } = this.#core;
    if (content === null || peer.has === null || peer.wantedCount === 0) return;
    const { layout } = content.manifest;
    if (this.#pages.size + this.#pagesChecking.size === layout.pageCount) return;
    while (peer.pageRequests.size < PAGES_PER_PEER) {
      let chosen: number | null = null;
      let ties = 0;
      for (let page = 0; page < layout.pageCount; page++) {
        if (!this.#isOpen(page) || peer.pagesRejected.has(page)) continue;
        if (!this.#holdsOf(peer, page)) continue;
        ties++;
        if (this.#core.rng() * ties < 1) chosen = page;
      }
      if (chosen === null) return;
      peer.pageRequests.set(chosen, { deadlineMs: this.#core.nowMs + PAGE_MS });
      this.#core.send(peer, { type: "page-request", page: chosen });
    }
  }

  #isOpen(page: number): boolean {
    if (this.#pages.has(page) || this.#pagesChecking.has(page)) return false;
    for (const peer of this.#core.peers.values()) if (peer.pageRequests.has(page)) return false;
    return true;
  }

  #holdsOf(peer: Peer, page: number): boolean {
    const range = this.#core.content?.manifest.layout.piecesOfPage(page);
    if (range === undefined || peer.has === null) return false;
    for (let piece = range.first; piece < range.end; piece++) if (peer.has.has(piece)) return true;
    return false;
  }

  page(peer: Peer, page: Page): void {
    if (!peer.pageRequests.delete(page.index)) return this.#core.drop(peer, "protocolError");
    const range = this.#core.content?.manifest.layout.piecesOfPage(page.index);
    if (range === undefined || page.hashes.length !== (range.end - range.first) * 32) {
      return this.#core.drop(peer, "badData");
    }
    this.#pagesChecking.add(page.index);
    this.#core.emit({ type: "check-page", connection: peer.connection, page });
  }

  pageRejected(peer: Peer, page: number): void {
    if (!peer.pageRequests.delete(page)) return this.#core.drop(peer, "protocolError");
    peer.pagesRejected.add(page);
  }

  pageChecked(page: Page, ok: boolean): void {
    this.#pagesChecking.delete(page.index);
    if (ok) this.#keep(page);
  }

  #keep(page: Page): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined || this.#pages.has(page.index)) return;
    this.#pages.set(page.index, page);
    const { first, end } = layout.piecesOfPage(page.index);
    for (let piece = first; piece < end; piece++) this.#hashedBytes += layout.span(piece).length;
  }

  /** A connection ended: what it owed is asked of others. */
  dropped(peer: Peer): void {
    if (this.#fetch?.connection === peer.connection && !this.#fetch.checking) this.#fetch = null;
  }

  wake(): void {
    const { nowMs } = this.#core;
    if (this.#fetch !== null && this.#fetch.deadlineMs <= nowMs) {
      const peer = this.#core.peers.get(this.#fetch.connection);
      this.#fetch = null;
      if (peer !== undefined) this.#core.drop(peer, "timeout");
    }
    for (const peer of this.#core.peers.values()) {
      const isLate = [...peer.pageRequests.values()].some((asked) => asked.deadlineMs <= nowMs);
      if (isLate) this.#core.drop(peer, "timeout");
    }
  }

  nextWakeMs(): number {
    let next = this.#fetch?.deadlineMs ?? Infinity;
    for (const peer of this.#core.peers.values()) {
      for (const asked of peer.pageRequests.values()) next = Math.min(next, asked.deadlineMs);
    }
    return next;
  }

  // Serving.

  manifestRequested(peer: Peer, offset: number): void {
    peer.manifestOffsetAsked = offset;
    this.serve(peer);
  }

  pageRequested(peer: Peer, page: number): void {
    if (peer.pagesAsked.size >= LIMITS.metaRequestsPerPeer) {
      return this.#core.drop(peer, "protocolError");
    }
    peer.pagesAsked.add(page);
    this.serve(peer);
  }

  /** Answers what this peer asked for, as far as its send buffer has room. */
  serve(peer: Peer): void {
    const hasRoom = (): boolean => peer.bufferedBytes < this.#core.config.sendBufferBytes;
    const offset = peer.manifestOffsetAsked;
    if (offset !== null && this.#signed !== null && hasRoom()) {
      peer.manifestOffsetAsked = null;
      const part = this.#signed.slice(offset, offset + LIMITS.manifestPartBytes);
      const totalBytes = this.#signed.length;
      if (part.length === 0) return this.#core.drop(peer, "protocolError");
      this.#core.send(peer, { type: "manifest-part", totalBytes, offset, part });
    }
    for (const index of peer.pagesAsked) {
      if (!hasRoom()) return;
      const page = this.#pages.get(index);
      if (page !== undefined) {
        peer.pagesAsked.delete(index);
        const { signature, hashes } = page;
        this.#core.send(peer, { type: "page", page: index, signature, hashes });
      } else if (this.#isMakeable(index)) {
        this.#pagesDemanded.add(index);
      } else {
        peer.pagesAsked.delete(index);
        this.#core.send(peer, { type: "page-reject", page: index });
      }
    }
    this.#makePages();
  }

  // Making, at the sharer.

  #isMakeable(page: number): boolean {
    const { config, content, status } = this.#core;
    if (config.share === null || content === null || status.kind !== "running") return false;
    return page < content.manifest.layout.pageCount;
  }

  #makePages(): void {
    while (this.#pagesMaking.size < PAGES_BEING_MADE) {
      const demanded = [...this.#pagesDemanded].find((page) => this.#isUnmade(page));
      const page = demanded ?? this.#nextAhead();
      if (page === null) return;
      this.#pagesDemanded.delete(page);
      this.#pagesMaking.add(page);
      this.#core.emit({ type: "make-page", page });
    }
  }

  /** One page is made ahead of demand at a time, in the files' order, which disks like best. */
  #nextAhead(): number | null {
    if (this.#pagesMaking.size > 0) return null;
    while (this.#isMakeable(this.#nextPageAhead) && !this.#isUnmade(this.#nextPageAhead)) {
      this.#nextPageAhead++;
    }
    return this.#isMakeable(this.#nextPageAhead) ? this.#nextPageAhead : null;
  }

  #isUnmade(page: number): boolean {
    return !this.#pages.has(page) && !this.#pagesMaking.has(page);
  }

  pageMade(page: Page): void {
    this.#pagesMaking.delete(page.index);
    this.#pagesDemanded.delete(page.index);
    this.#keep(page);
    for (const peer of this.#core.proven()) this.serve(peer);
    this.#makePages();
  }
}
