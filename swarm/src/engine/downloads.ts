/**
 * Fetching: what peers have, what to ask of whom, and what becomes of the blocks that come.
 *
 * Nothing counts as had, is announced or is passed on before its hash matched its signed page and
 * it is stored.
 */
import { LIMITS } from "../limits.ts";
import type { Block } from "../wire/frame.ts";
import type { Bytes } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import { Bitfield } from "./bitfield.ts";
import type { Content, Core } from "./core.ts";
import type { ConnectionId } from "./io.ts";
import { blockKey, type Claim, type Peer } from "./peer.ts";
import { Picker } from "./picker.ts";
import type { HashPages } from "./hash-pages.ts";

/** Silences in a row after which a peer is no use: with patience they add up to a minute or more. */
const MOST_SILENCES = 4;

export class Downloads {
  readonly #core: Core;
  readonly #pages: HashPages;
  #picker: Picker | null = null;
  /** Who was behind the connections that ended last: what they sent may still turn out bad. */
  readonly #departed = new Map<ConnectionId, PeerId>();
  #storage: "closed" | "opening" | "open" = "closed";
  #wanted = false;
  #paused = false;
  #verifiedBytes = 0;
  #verifiedBytesOfFile: Float64Array<ArrayBuffer> = new Float64Array();

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get verifiedBytes(): number {
    return this.#verifiedBytes;
  }

  /** A copy, one number per file. */
  get verifiedBytesOfFile(): Float64Array<ArrayBuffer> {
    return this.#verifiedBytesOfFile.slice();
  }

  /** The manifest became known: what peers claimed before can now be read. */
  begin(content: Content): void {
    const { layout } = content.manifest;
    const { openPieceBytes } = this.#core.config;
    this.#picker = new Picker(layout, content.had, openPieceBytes, this.#core.rng);
    this.#verifiedBytesOfFile = new Float64Array(layout.fileSizes.length);
    if (content.had.isFull) {
      this.#verifiedBytes = layout.totalBytes;
      this.#verifiedBytesOfFile = Float64Array.from(layout.fileSizes);
    }
    for (const peer of this.#core.proven()) this.#readClaim(peer);
    if (this.#wanted) this.#openStorage();
  }

  want(): void {
    this.#wanted = true;
    this.#paused = false;
    this.#openStorage();
    this.#renew();
  }

  pause(): void {
    this.#paused = true;
    for (const peer of this.#core.proven()) {
      for (const { block } of peer.requests.values()) {
        this.#core.send(peer, { type: "cancel", block });
        this.#giveUp(peer, block);
      }
      this.#tellInterest(peer);
    }
  }

  resume(): void {
    this.#paused = false;
    this.#renew();
  }

  storageOpened(): void {
    this.#storage = "open";
    this.#renew();
  }

  /**
   * Storage broke or filled up; `want` tries it again. What is held counts on only where the disk
   * was merely full: after any other failure it can't be trusted.
   */
  storageLost(isMerelyFull: boolean): void {
    if (!isMerelyFull) this.#forgetPieces();
    this.#storage = "closed";
    this.pause();
    this.#wanted = false;
    for (const piece of this.#picker?.reset() ?? []) this.#core.emit({ type: "drop-piece", piece });
  }

  #forgetPieces(): void {
    const had = this.#core.content?.had;
    if (had === undefined) return;
    for (let piece = 0; piece < had.size; piece++) had.remove(piece);
    this.#verifiedBytes = 0;
    this.#verifiedBytesOfFile.fill(0);
    for (const peer of this.#core.proven()) peer.wantedCount = peer.has?.count ?? 0;
  }

  // What peers have.

  claimed(peer: Peer, claim: Claim): void {
    if (peer.claim !== null) return this.#core.drop(peer, "protocolError");
    peer.claim = claim;
    this.#readClaim(peer);
  }

  have(peer: Peer, pieces: readonly number[]): void {
    if (peer.claim === null) return this.#core.drop(peer, "protocolError");
    if (peer.has === null) {
      if (peer.earlyHaves.length + pieces.length > LIMITS.earlyHaveCount) {
        return this.#core.drop(peer, "timeout"); // No cheat: the manifest is late.
      }
      for (const piece of pieces) peer.earlyHaves.push(piece);
      return;
    }
    if (pieces.some((piece) => piece >= (peer.has?.size ?? 0))) {
      return this.#core.drop(peer, "protocolError");
    }
    for (const piece of pieces) this.#countCopy(peer, peer.has, piece);
    this.#pages.mayFetch();
    this.#tellInterest(peer);
    this.pump(peer);
  }

  #readClaim(peer: Peer): void {
    const { content } = this.#core;
    if (content === null || peer.claim === null || peer.has !== null) return;
    const size = content.manifest.layout.pieceCount;
    const claimed =
      peer.claim.kind === "all"
        ? Bitfield.full(size)
        : peer.claim.kind === "none"
          ? new Bitfield(size)
          : Bitfield.parse(peer.claim.bits, size);
    if (claimed === null || peer.earlyHaves.some((piece) => piece >= size)) {
      return this.#core.drop(peer, "protocolError");
    }
    const has = new Bitfield(size);
    peer.has = has;
    for (let piece = 0; piece < size; piece++) {
      if (claimed.has(piece)) this.#countCopy(peer, has, piece);
    }
    for (const piece of peer.earlyHaves.splice(0)) this.#countCopy(peer, has, piece);
    this.#pages.mayFetch();
    this.#tellInterest(peer);
    this.pump(peer);
  }

  #countCopy(peer: Peer, has: Bitfield, piece: number): void {
    if (!has.add(piece)) return;
    this.#picker?.addCopy(piece);
    if (this.#core.content?.had.has(piece) === false) peer.wantedCount++;
  }

  #tellInterest(peer: Peer): void {
    const isInterested = peer.wantedCount > 0 && this.#isActive;
    if (isInterested === peer.amInterested) return;
    peer.amInterested = isInterested;
    this.#core.send(peer, { type: isInterested ? "interested" : "not-interested" });
  }

  // Asking.

  get #isActive(): boolean {
    return this.#wanted && !this.#paused && this.#core.status.kind === "running";
  }

  #openStorage(): void {
    const { content } = this.#core;
    if (content === null || this.#storage !== "closed") return;
    this.#storage = "opening";
    const isEmpty = content.had.count === 0;
    this.#core.emit({ type: "open-storage", manifest: content.manifest, isEmpty });
  }

  #renew(): void {
    for (const peer of this.#core.proven()) {
      this.#tellInterest(peer);
      this.pump(peer);
    }
  }

  /** Asks this peer for as much as its pipeline takes. */
  pump(peer: Peer): void {
    const picker = this.#picker;
    if (picker === null || this.#storage !== "open" || !this.#isActive) return;
    if (peer.has === null || peer.peerChoking || !peer.amInterested) return;
    while (
      peer.requestedBytes < peer.pipeline.windowBytes &&
      peer.requests.size < LIMITS.requestsPerPeer
    ) {
      const block = this.#pick(picker, peer, peer.has);
      if (block === null) return;
      peer.requests.set(blockKey(block), { block, askedAtMs: this.#core.nowMs });
      peer.requestedBytes += block.length;
      this.#core.send(peer, { type: "request", block });
    }
  }

  #pick(picker: Picker, peer: Peer, has: Bitfield): Block | null {
    const isKnown = (piece: number): boolean => this.#pages.isKnown(piece);
    const block = picker.pick(peer.connection, has, isKnown);
    if (block !== null) return block;
    const evicted = picker.makeRoom(has, isKnown);
    if (evicted === null) return null;
    this.#core.emit({ type: "drop-piece", piece: evicted });
    return picker.pick(peer.connection, has, isKnown);
  }

  /** Asks everyone, those that answer first. */
  pumpAll(): void {
    const peers = [...this.#core.proven()];
    for (const peer of peers) if (!peer.pipeline.isSnubbed) this.pump(peer);
    for (const peer of peers) if (peer.pipeline.isSnubbed) this.pump(peer);
  }

  choked(peer: Peer, isChoking: boolean): void {
    peer.peerChoking = isChoking;
    // Choking answers nothing: what was asked is rejected or sent one by one. But no piece may wait
    // for this peer alone any longer.
    if (isChoking) this.#freeSoloPieces(peer);
    this.pumpAll();
  }

  #freeSoloPieces(peer: Peer): void {
    for (const piece of this.#picker?.freeSolo(peer.connection) ?? []) {
      this.#core.emit({ type: "drop-piece", piece });
    }
  }

  /** Stops waiting for a block. Its answer still comes. */
  #giveUp(peer: Peer, block: Block): void {
    const key = blockKey(block);
    if (!this.#forgetRequest(peer, block)) return;
    peer.owed.set(key, (peer.owed.get(key) ?? 0) + 1);
  }

  #forgetRequest(peer: Peer, block: Block): boolean {
    if (!peer.requests.delete(blockKey(block))) return false;
    peer.requestedBytes -= block.length;
    if (this.#picker?.release(block) === true) {
      this.#core.emit({ type: "drop-piece", piece: block.piece });
    }
    return true;
  }

  /** Takes one owed answer off the count; false where none was owed. */
  #settleOwed(peer: Peer, key: string): boolean {
    const count = peer.owed.get(key) ?? 0;
    if (count === 0) return false;
    if (count === 1) peer.owed.delete(key);
    else peer.owed.set(key, count - 1);
    return true;
  }

  rejected(peer: Peer, block: Block): void {
    if (this.#settleOwed(peer, blockKey(block))) return;
    if (!this.#forgetRequest(peer, block)) return this.#core.drop(peer, "protocolError");
    // It said that it has the piece and won't send it: ask others.
    if (!peer.peerChoking && peer.has?.remove(block.piece) === true) {
      this.#picker?.removeCopy(block.piece);
      if (this.#core.content?.had.has(block.piece) === false) peer.wantedCount--;
      this.#tellInterest(peer);
    }
    this.pumpAll();
  }

  // Receiving.

  data(peer: Peer, piece: number, offset: number, payload: Bytes): void {
    const { nowMs, content } = this.#core;
    const key = blockKey({ piece, offset });
    const block = { piece, offset, length: payload.length };
    const request = peer.requests.get(key);
    // Late data serves a newer request for the same block, whose own answer is then the late one.
    const isExpected = request !== undefined || this.#settleOwed(peer, key);
    if (!isExpected || content?.manifest.layout.isBlock(block) !== true)
      return this.#core.drop(peer, "protocolError");
    peer.lastDataAtMs = nowMs;
    peer.silences = 0;
    peer.download.add(payload.length, nowMs);
    this.#core.download.add(payload.length, nowMs);
    if (request !== undefined) {
      peer.requests.delete(key);
      peer.requestedBytes -= payload.length;
      peer.pipeline.received(payload.length, nowMs - request.askedAtMs, peer.download, nowMs);
    }
    const outcome =
      this.#isActive || request ? this.#picker?.received(peer.connection, block) : null;
    if (outcome === "stored" || outcome === "complete") {
      this.#core.emit({ type: "store-block", piece, offset, payload });
    }
    if (outcome === "complete") {
      const hash = this.#pages.hashOf(piece);
      if (hash === null) throw new Error("a piece is only asked for when its hash is known");
      this.#core.emit({ type: "finish-piece", piece, hash });
    }
    this.pump(peer);
  }

  /** Its hash was compared, and where it matched the piece is stored. */
  pieceFinished(piece: number, matches: boolean): void {
    const { content } = this.#core;
    const picker = this.#picker;
    if (content === null || picker === null) return;
    if (!matches) {
      this.#blame(picker.mismatched(piece));
      return this.pumpAll();
    }
    if (picker.finished(piece)) this.#core.emit({ type: "drop-piece", piece });
    if (!content.had.add(piece)) return;
    const span = content.manifest.layout.span(piece);
    this.#verifiedBytes += span.length;
    this.#verifiedBytesOfFile[span.file] =
      (this.#verifiedBytesOfFile[span.file] ?? 0) + span.length;
    for (const peer of this.#core.proven()) {
      if (peer.has?.has(piece) === true) peer.wantedCount--;
      if (peer.isTold) this.#core.send(peer, { type: "have", pieces: [piece] });
      this.#tellInterest(peer);
    }
    this.pumpAll(); // Memory for another piece is free.
  }

  /** Bans who sent all of a bad piece, also when it has left meanwhile. */
  #blame(culprit: ConnectionId | null): void {
    if (culprit === null) return;
    const peer = this.#core.peers.get(culprit);
    if (peer !== undefined) return this.#core.drop(peer, "badData");
    const departed = this.#departed.get(culprit);
    if (departed !== undefined) this.#core.acquaintances.ban(departed);
  }

  /** A connection ended: what it owed is asked of others, its copies no longer count. */
  dropped(peer: Peer): void {
    for (const { block } of peer.requests.values()) this.#giveUp(peer, block);
    const picker = this.#picker;
    if (picker === null || peer.has === null) return;
    for (let piece = 0; piece < peer.has.size; piece++) {
      if (peer.has.has(piece)) picker.removeCopy(piece);
    }
    this.#departed.set(peer.connection, peer.id);
    const [longestGone] = this.#departed.keys();
    if (this.#departed.size > LIMITS.peers && longestGone !== undefined) {
      this.#departed.delete(longestGone);
    }
    this.#freeSoloPieces(peer);
    this.pumpAll();
  }

  // Time.

  /** Peers that were silent past their patience lose what was asked of them. */
  wake(): void {
    for (const peer of this.#core.proven()) {
      if (this.#silentUntilMs(peer) > this.#core.nowMs) continue;
      peer.pipeline.snub();
      peer.silences++;
      for (const { block } of peer.requests.values()) {
        this.#core.send(peer, { type: "cancel", block });
        this.#giveUp(peer, block);
      }
      if (peer.silences >= MOST_SILENCES) this.#core.drop(peer, "timeout");
    }
    this.pumpAll();
  }

  nextWakeMs(): number {
    let next = Infinity;
    for (const peer of this.#core.proven()) next = Math.min(next, this.#silentUntilMs(peer));
    return next;
  }

  #silentUntilMs(peer: Peer): number {
    const [oldest] = peer.requests.values();
    if (oldest === undefined) return Infinity;
    return Math.max(peer.lastDataAtMs, oldest.askedAtMs) + peer.pipeline.patienceMs;
  }
}
