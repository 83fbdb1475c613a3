/**
 * Serving: a queue of asked blocks per peer, read and sent only as far as its send buffer has
 * room, so that what a peer takes back with CANCEL was never queued in the browser.
 */
import { LIMITS } from "../limits.ts";
import type { Block } from "../wire/frame.ts";
import { chooseUnchoked } from "./choker.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";
import type { ConnectionId } from "./io.ts";
import type { Peer } from "./peer.ts";

export class Uploads {
  readonly #core: Core;
  readonly #pages: HashPages;

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
  }

  interest(peer: Peer, isInterested: boolean): void {
    peer.peerInterested = isInterested;
    this.rechoke();
  }

  /** Applies the choker's choice; an engine that doesn't run serves nobody. */
  rechoke(): void {
    const isServing = this.#core.status.kind === "running";
    const unchoked = isServing ? chooseUnchoked(this.#core.proven()) : new Set<ConnectionId>();
    for (const peer of this.#core.proven()) {
      const isChoked = !unchoked.has(peer.connection);
      if (isChoked === peer.amChoking) continue;
      peer.amChoking = isChoked;
      this.#core.send(peer, { type: isChoked ? "choke" : "unchoke" });
      if (isChoked) for (const block of peer.uploads.splice(0)) this.#reject(peer, block);
    }
  }

  requested(peer: Peer, block: Block): void {
    const { content, status } = this.#core;
    if (content === null || !content.manifest.layout.isBlock(block)) {
      return this.#core.drop(peer, "protocolError");
    }
    // At the sharer every piece is had, but one without a signed hash yet isn't compared with it.
    const isThere = content.had.has(block.piece) && this.#pages.isKnown(block.piece);
    const isServed = status.kind === "running" && !peer.amChoking && isThere;
    if (!isServed || peer.uploads.length >= LIMITS.requestsPerPeer)
      return this.#reject(peer, block);
    peer.uploads.push(block);
    this.pump(peer);
  }

  /** A block that is still queued is rejected; one on its way arrives. */
  cancelled(peer: Peer, block: Block): void {
    const at = peer.uploads.findIndex(
      (queued) => queued.piece === block.piece && queued.offset === block.offset,
    );
    if (at < 0) return;
    peer.uploads.splice(at, 1);
    this.#reject(peer, block);
  }

  /** Hands blocks over until the send buffer is at its mark. */
  pump(peer: Peer): void {
    while (peer.readingBytes + peer.bufferedBytes < this.#core.config.sendBufferBytes) {
      const block = peer.uploads.shift();
      if (block === undefined) return;
      peer.readingBytes += block.length;
      this.#core.emit({ type: "send-block", connection: peer.connection, block });
    }
  }

  sent(peer: Peer, block: Block, bufferedBytes: number): void {
    peer.readingBytes -= block.length;
    peer.bufferedBytes = bufferedBytes;
    peer.upload.add(block.length, this.#core.nowMs);
    this.#core.upload.add(block.length, this.#core.nowMs);
    this.pump(peer);
  }

  /** It couldn't be read. */
  unread(peer: Peer, block: Block): void {
    peer.readingBytes -= block.length;
    this.#reject(peer, block);
  }

  #reject(peer: Peer, block: Block): void {
    this.#core.send(peer, { type: "reject", block });
  }
}
