/**
 * Serving: a queue of asked blocks per peer. The uplink serves one peer's piece after the other
 * rather than all at once, since a piece that is whole sooner is passed on sooner; and blocks are
 * handed over only as far as the send buffer has room, so that what a peer takes back with CANCEL
 * was never queued in the browser.
 */
import { LIMITS } from "../limits.ts";
import type { Block } from "../wire/frame.ts";
import { Choker, type ChokeView, ROTATION_MS } from "./choker.ts";
import type { Core } from "./core.ts";
import type { HashPages } from "./hash-pages.ts";
import type { Peer } from "./peer.ts";
import { Suggester } from "./suggester.ts";

/** So much time's worth of the measured rate waits in a send buffer. */
const BUFFER_MS = 250;
/** With no more than this a buffer needs the next block. */
const LEAST_BUFFER_BYTES = LIMITS.blockBytes * 0.75;
/** A buffer with no more than this is as good as empty: the next peer's turn. */
const NEARLY_EMPTY_BYTES = LIMITS.blockBytes / 4;
/** A block holds nobody else up for longer than this many times what the uplink needs for it. */
const TURN_FACTOR = 2;
/**
 * Peers that wait, and for how long they keep the uplink busy: in a short line more may ask, in a
 * long one only who stands in it, and who comes to a full one is choked.
 */
const SHORT_LINE = { peers: 2, forMs: 200 };
const LONG_LINE = { peers: 3, forMs: 400 };
const FULL_LINE = { peers: 5, forMs: 800 };
/** Slots grow and shrink no more often than this. */
const RESIZE_MS = 50;
/** From an empty buffer to the request for the next block: a round trip, and then some. */
const NEXT_REQUEST_MS = 1_000;
/** With peers that wait the buffers are looked at this often, whatever happens. */
const LOOK_MS = 500;
/** While the uplink's rate isn't known. */
const FIRST_TURN_MS = 2_000;
/** It is measured over so long: buffers drain in lumps. */
const MEASURE_MS = 2_000;
/** Peers that are sent to at once, however slowly they take it. */
const MOST_BUSY = 8;
const LEAST_TURN_MS = 20;
/** How much of the best rate seen is believed in after each rotation. */
const MEMORY = 0.7;

export class Uploads {
  readonly suggester: Suggester;
  readonly #core: Core;
  readonly #pages: HashPages;
  readonly #choker: Choker;
  #rotateAtMs = 0;
  #queuedCount = 0;
  #resizedAtMs = -Infinity;
  /** The best rate of late: what the uplink can do. */
  #uplinkBytesPerSec = 0;
  /** What has left the send buffers since then. */
  #leftBytes = 0;
  #measuredAtMs = 0;
  #limitBytesPerSec: number | null = null;
  /** Bytes that the limit allows now; below zero it has to be waited for. */
  #allowanceBytes = 0;
  #allowedAtMs = 0;
  /** When the limit allows the next block. */
  #allowedFromMs = 0;

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
    this.#choker = new Choker(core.rng);
    this.suggester = new Suggester(core);
  }

  /** A bound on the payload sent to all peers together; null: none. */
  limit(bytesPerSec: number | null): void {
    this.#limitBytesPerSec = bytesPerSec;
    this.#allowanceBytes = 0;
    this.#allowedAtMs = this.#core.nowMs;
    this.pump();
  }

  // Whom to serve.

  interest(peer: Peer, isInterested: boolean): void {
    if (peer.peerInterested === isInterested) return;
    peer.peerInterested = isInterested;
    const isNewcomer = peer.has?.count === 0;
    if (isInterested && (!peer.amChoking || (this.#choker.isFull && !isNewcomer))) return;
    this.fill();
  }

  get #isServing(): boolean {
    return this.#core.status.kind === "running";
  }

  get #isSeeding(): boolean {
    return this.#core.content?.had.isFull ?? false;
  }

  /** Gives free slots away; an engine that doesn't run serves nobody. */
  fill(): void {
    if (!this.#isServing) return this.#apply(new Set());
    if (this.#core.nowMs >= this.#rotateAtMs) return this.#rotate();
    this.#apply(this.#choker.fill(this.#views(), this.#isSeeding));
  }

  #rotate(): void {
    this.#rotateAtMs = this.#core.nowMs + ROTATION_MS;
    this.#core.wakeBy(this.#rotateAtMs);
    this.#uplinkBytesPerSec *= MEMORY;
    const views = this.#views();
    const chosen = this.#choker.rotate(views, this.#isSeeding);
    // While the uplink has room nobody is served less for being worth less.
    const hasRoom = !this.#isLine(SHORT_LINE);
    for (const view of views) if (hasRoom && view.isUnchoked) chosen.add(view.connection);
    this.#apply(chosen);
  }

  #views(): ChokeView[] {
    const pieceBytes = this.#core.content?.manifest.layout.pieceBytes ?? 0;
    return this.#core.proven().map((peer) => ({
      connection: peer.connection,
      isInterested: peer.peerInterested,
      isUnchoked: !peer.amChoking,
      isWaiting: this.#isWaiting(peer),
      isSnubbing: peer.pipeline.isSnubbed,
      receivedBytes: peer.download.totalBytes,
      sentBytes: peer.upload.totalBytes,
      pieceCount: peer.has?.count ?? 0,
      isNewcomer: peer.has?.count === 0 && peer.upload.totalBytes < pieceBytes,
      isDeadEnd: this.suggester.isDeadEnd(peer),
    }));
  }

  /** It asked for more, is being sent something, or has hardly had time to ask for what comes next. */
  #isWaiting(peer: Peer): boolean {
    return (
      peer.uploads.length > 0 ||
      peer.unsentBytes > NEARLY_EMPTY_BYTES ||
      (peer.turnPiece !== null && this.#core.nowMs - peer.unsentAtMs < NEXT_REQUEST_MS)
    );
  }

  /** It may still have to ask for the rest of the piece that it is getting, and for nothing else. */
  #isInPiece(peer: Peer): boolean {
    const isOne = peer.uploads.every(({ piece }) => piece === peer.servingPiece);
    return isOne && this.#isWaiting(peer);
  }

  #apply(unchoked: ReadonlySet<number>): void {
    const started: Peer[] = [];
    for (const peer of this.#core.proven()) {
      const isChoked = !unchoked.has(peer.connection);
      if (!isChoked) peer.isLastPiece = false;
      if (isChoked === peer.amChoking) continue;
      // A part of a piece is of no use to anybody: who is in the middle of one gets the rest.
      if (isChoked && this.#isServing && this.#isInPiece(peer)) peer.isLastPiece = true;
      else if (isChoked) this.#choke(peer);
      else {
        peer.amChoking = false;
        peer.turnPiece = null;
        started.push(peer);
      }
    }
    for (const peer of started) {
      this.suggester.suggest(peer); // Heard first, so that its first request is a good one.
      this.#core.send(peer, { type: "unchoke" });
    }
  }

  /** A piece of which it got a part is still finished: a part is of no use to anybody. */
  #choke(peer: Peer): void {
    peer.amChoking = true;
    peer.isLastPiece = false;
    this.#core.send(peer, { type: "choke" });
    this.suggester.choked(peer);
    for (const block of peer.unhashed.splice(0)) this.#reject(peer, block);
    const queued = peer.uploads.splice(0);
    for (const block of queued) {
      if (this.#isServing && block.piece === peer.servingPiece) peer.uploads.push(block);
      else this.#reject(peer, block);
    }
    this.#queuedCount += peer.uploads.length - queued.length;
  }

  // What to serve.

  requested(peer: Peer, block: Block): void {
    const { content } = this.#core;
    if (content === null || !content.manifest.layout.isBlock(block)) {
      return this.#core.drop(peer, "protocolError");
    }
    // At the sharer every piece is had, but one without a signed hash yet isn't compared with it.
    const isKnown = this.#pages.isKnown(block.piece);
    const isThere =
      content.had.has(block.piece) && (isKnown || this.#pages.isMakeable(block.piece));
    const isServed = this.#isServing && !peer.amChoking && isThere;
    if (!isServed || peer.uploads.length + peer.unhashed.length >= LIMITS.requestsPerPeer)
      return this.#reject(peer, block);
    // Others may know its hash from an earlier session of mine: it is made anew, then answered.
    if (!isKnown) return void peer.unhashed.push(block);
    if (this.#isTurnOver(peer, block)) {
      this.#choke(peer);
      return this.#reject(peer, block);
    }
    peer.turnPiece = block.piece;
    peer.uploads.push(block);
    this.#queuedCount++;
    this.suggester.requested(peer, block.piece);
    this.pump();
  }

  /** Hashes became known: what waited for them is answered. */
  pageKnown(): void {
    for (const peer of this.#core.proven()) {
      if (peer.unhashed.length === 0) continue;
      const waiting = peer.unhashed;
      peer.unhashed = [];
      for (const block of waiting) {
        if (this.#pages.isKnown(block.piece)) this.requested(peer, block);
        else peer.unhashed.push(block);
      }
    }
  }

  /**
   * Whether a peer that asks for a block has to let others go first. Who has everything gives each a
   * turn of a piece, so that what is new gets out in many places; and nobody begins a piece where
   * the line is full.
   */
  #isTurnOver(peer: Peer, block: Block): boolean {
    if (block.piece === peer.turnPiece || block.piece === peer.servingPiece) return false;
    if (peer.isLastPiece) return true;
    if (peer.turnPiece !== null && this.#isSeeding && this.#isAnyNext(peer)) return true;
    return this.#isLine(FULL_LINE);
  }

  /** Somebody else wants something, is choked, and had no more than this peer. */
  #isAnyNext(peer: Peer): boolean {
    for (const other of this.#core.proven()) {
      const isChoked = other !== peer && other.peerInterested && other.amChoking;
      if (isChoked && other.upload.totalBytes <= peer.upload.totalBytes) return true;
    }
    return false;
  }

  /** A block that is still queued is rejected; one on its way arrives. */
  cancelled(peer: Peer, block: Block): void {
    if (takeFrom(peer.uploads, block)) this.#queuedCount--;
    else if (!takeFrom(peer.unhashed, block)) return;
    this.#reject(peer, block);
  }

  /** Nothing is served any more. */
  clear(peer: Peer): void {
    this.#queuedCount -= peer.uploads.length;
    peer.uploads.length = 0;
    peer.unhashed.length = 0;
  }

  dropped(peer: Peer): void {
    this.clear(peer);
    this.suggester.dropped(peer.connection);
    this.fill();
    this.pump();
  }

  /** Whether the line is at least so long, in both respects. */
  #isLine(line: { readonly peers: number; readonly forMs: number }): boolean {
    if (this.#queuedCount < line.peers) return false;
    let waitingCount = 0;
    let bytes = 0;
    for (const peer of this.#core.peers.values()) {
      if (peer.uploads.length === 0) continue;
      waitingCount++;
      for (const { length } of peer.uploads) bytes += length;
    }
    return waitingCount >= line.peers && bytes * 1000 >= this.#uplinkBytesPerSec * line.forMs;
  }

  // When.

  /** Hands over whatever may be handed over now. */
  pump(): void {
    while (this.#queuedCount > 0 && this.#isAllowed()) {
      const peer = this.#next();
      const block = peer?.uploads.shift();
      if (peer === null || block === undefined) break;
      this.#queuedCount--;
      this.#allowanceBytes -= block.length;
      if (block.piece !== peer.servingPiece) this.suggester.served(peer, block.piece);
      peer.servingPiece = block.piece;
      peer.servedAtMs = this.#core.nowMs;
      peer.readingBytes += block.length;
      this.#core.emit({ type: "send-block", connection: peer.connection, block });
    }
    // Buffers that drain call again; this is for one that doesn't.
    if (this.#queuedCount > 0) this.#core.wakeBy(this.#core.nowMs + LOOK_MS);
    if (this.#isServing && this.#core.nowMs - this.#resizedAtMs >= RESIZE_MS) this.#resize();
  }

  /** More slots where nobody waits for this uplink, fewer where there is a line. */
  #resize(): void {
    const isIdle = !this.#isLine(SHORT_LINE);
    if (!isIdle && !this.#isLine(LONG_LINE)) return;
    for (const peer of this.#core.proven()) {
      if (!peer.peerInterested || peer.amChoking !== isIdle) continue;
      this.#resizedAtMs = this.#core.nowMs;
      const views = this.#views();
      return this.#apply(
        isIdle ? this.#choker.grow(views, this.#isSeeding) : this.#choker.shrink(views),
      );
    }
  }

  /**
   * Whose turn it is: who is in the middle of a piece; else, unless somebody is being sent to, who
   * was served the longest ago.
   */
  #next(): Peer | null {
    const { nowMs, config } = this.#core;
    let isAnyBusy = false;
    let sendingCount = 0;
    let waiting: Peer | null = null;
    let going: Peer | null = null;
    for (const peer of this.#core.peers.values()) {
      const { unsentBytes } = peer;
      const isBusy = unsentBytes > NEARLY_EMPTY_BYTES && this.#turnEndsMs(peer) > nowMs;
      isAnyBusy ||= isBusy;
      if (unsentBytes > NEARLY_EMPTY_BYTES) sendingCount++;
      const [block] = peer.uploads;
      if (block === undefined) continue;
      const rateBytes = (peer.upload.bytesPerSec(nowMs) * BUFFER_MS) / 1000;
      const most = Math.min(config.sendBufferBytes, Math.max(LEAST_BUFFER_BYTES, rateBytes));
      if (unsentBytes >= most) continue;
      if (isBusy && block.piece === peer.servingPiece) return peer;
      if (!isBusy) waiting = longestUnserved(waiting, peer);
      else going = longestUnserved(going, peer);
    }
    if (waiting !== null) return isAnyBusy || sendingCount >= MOST_BUSY ? null : waiting;
    return going;
  }

  /** When a peer's block should be through: a slow receiver's isn't, and the next peer begins. */
  #turnEndsMs(peer: Peer): number {
    const uplink = this.#uplinkBytesPerSec;
    const turnMs =
      uplink === 0
        ? FIRST_TURN_MS
        : Math.max(LEAST_TURN_MS, (TURN_FACTOR * 1000 * LIMITS.blockBytes) / uplink);
    return peer.servedAtMs + turnMs;
  }

  #isAllowed(): boolean {
    const { nowMs } = this.#core;
    const limit = this.#limitBytesPerSec;
    if (limit === null) return true;
    const earned = ((nowMs - this.#allowedAtMs) * limit) / 1000;
    this.#allowedAtMs = nowMs;
    // A second's worth may be saved up, or a block.
    this.#allowanceBytes = Math.min(
      this.#allowanceBytes + earned,
      Math.max(limit, LIMITS.blockBytes),
    );
    if (this.#allowanceBytes >= 0) return true;
    this.#allowedFromMs = nowMs + Math.ceil((-this.#allowanceBytes * 1000) / limit);
    this.#core.wakeBy(this.#allowedFromMs);
    return false;
  }

  sent(peer: Peer, block: Block, bufferedBytes: number): void {
    peer.readingBytes -= block.length;
    this.#left(peer.bufferedBytes + block.length - bufferedBytes);
    peer.bufferedBytes = bufferedBytes;
    peer.upload.add(block.length, this.#core.nowMs);
    this.#core.upload.add(block.length, this.#core.nowMs);
    this.pump();
  }

  /** The transport's word on a send buffer. */
  buffered(peer: Peer, bufferedBytes: number): void {
    if (peer.bufferedBytes > 0 || bufferedBytes > 0) peer.unsentAtMs = this.#core.nowMs;
    this.#left(peer.bufferedBytes - bufferedBytes);
    peer.bufferedBytes = bufferedBytes;
  }

  /** So much has left a send buffer. */
  #left(bytes: number): void {
    const { nowMs } = this.#core;
    this.#leftBytes += Math.max(0, bytes);
    const tookMs = nowMs - this.#measuredAtMs;
    if (tookMs < MEASURE_MS) return;
    this.#uplinkBytesPerSec = Math.max(this.#uplinkBytesPerSec, (this.#leftBytes * 1000) / tookMs);
    this.#leftBytes = 0;
    this.#measuredAtMs = nowMs;
  }

  /** It couldn't be read. */
  unread(peer: Peer, block: Block): void {
    peer.readingBytes -= block.length;
    this.#reject(peer, block);
  }

  #reject(peer: Peer, block: Block): void {
    this.#core.send(peer, { type: "reject", block });
  }

  wake(): void {
    if (this.#core.nowMs >= this.#rotateAtMs) this.fill();
    this.pump();
  }

  nextWakeMs(): number {
    // Who serves nobody doesn't rotate: the time would pass and stay.
    let next = this.#core.peers.size > 0 && this.#isServing ? this.#rotateAtMs : Infinity;
    if (this.#queuedCount > 0) {
      next = Math.min(next, Math.max(this.#allowedFromMs, this.#core.nowMs + LOOK_MS));
    } else if (this.#isIdleForNothing()) {
      next = Math.min(next, Math.max(this.#core.nowMs + 1, this.#resizedAtMs + RESIZE_MS));
    }
    return next;
  }

  /**
   * Nothing is being sent, so that no word on a buffer will come, and somebody who wants something
   * is choked: the last one's turn ended just after slots were given out.
   */
  #isIdleForNothing(): boolean {
    if (!this.#isServing) return false;
    let isAnyLeftOut = false;
    for (const peer of this.#core.proven()) {
      if (peer.readingBytes > 0 || peer.unsentBytes > NEARLY_EMPTY_BYTES) return false;
      isAnyLeftOut ||= peer.peerInterested && peer.amChoking;
    }
    return isAnyLeftOut;
  }
}

/** False where it isn't among them. */
function takeFrom(blocks: Block[], { piece, offset }: Block): boolean {
  const at = blocks.findIndex((one) => one.piece === piece && one.offset === offset);
  if (at >= 0) blocks.splice(at, 1);
  return at >= 0;
}

function longestUnserved(one: Peer | null, other: Peer): Peer {
  return one === null || other.servedAtMs < one.servedAtMs ? other : one;
}
