/**
 * Fetching: what peers have, what to ask of whom, and what becomes of the blocks that come.
 *
 * Nothing counts as had, is announced or is passed on before its hash matched its signed page and
 * it is stored.
 */
import { LIMITS } from "../limits.ts";
import { type Block, encodeFrame } from "../wire/frame.ts";
import type { Bytes } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import type { Layout } from "../share/layout.ts";
import { Bitfield } from "./bitfield.ts";
import { Comparison } from "./comparison.ts";
import type { Content, Core } from "./core.ts";
import type { ConnectionId, OwnCopySnapshot, Page } from "./io.ts";
import type { HashPages } from "./hash-pages.ts";
import { OwnCopy } from "./own-copy.ts";
import { blockKey, type Claim, type Peer } from "./peer.ts";
import { Picker, type Wish } from "./picker.ts";
import { Suspicion } from "./suspicion.ts";

/** Who suggested something so recently will suggest more as soon as the last is asked for. */
const GUIDED_MS = 2_000;
/** In an endgame: so much sooner at least, or what comes second is wasted. */
const REPEAT_MS = 300;
/**
 * A peer that lacks a piece, and is busy with others of mine, hears of it with what else I get until
 * then: one to four in one engine took 4% less of the processor, at 20 pieces a second.
 */
const NEWS_MS = 100;
/**
 * A peer that has a piece already hears that I have it too only so often, in one message: one that
 * has everything sooner, since it shows people how far others are.
 */
const LATE_HAVE_MS = 1_000;
const LATER_HAVE_MS = 5_000;
/** Blocks that a peer refuses though it said that it has them and serves me: it lies. */
const MOST_BROKEN_PROMISES = 64;
/**
 * A peer that is late while nothing came from anybody for so long isn't to blame: my own downlink is
 * full. So much less is asked for at once from then on, of all peers together, but so much still.
 */
const STANDSTILL_MS = 5_000;
const STANDSTILL_FACTOR = 0.5;
const LEAST_WINDOW_BYTES = 2 * LIMITS.blockBytes;
/** With so much there is no bound but each peer's own. */
const MOST_WINDOW_BYTES = LIMITS.peers * LIMITS.blockBytes;
/** Pieces that are stored from before: one is read while another is hashed. */
const COMPARED_AT_ONCE = 2;
/** So long after the disk was full it is looked whether there is room. */
const FULL_RETRY_MS = 10_000;
/** Silences in a row after which a peer is no use: with patience they add up to a minute or more. */
const MOST_SILENCES = 4;

export class Downloads {
  readonly #core: Core;
  readonly #pages: HashPages;
  readonly #suspicion = new Suspicion();
  readonly #ownCopy: OwnCopy;
  readonly #comparison: Comparison;
  #picker: Picker | null = null;
  /** Null: all files. */
  #chosenFiles: readonly number[] | null = null;
  #wantedPieces = new Bitfield(0);
  /** Wanted and not held. */
  #missingCount = 0;
  #playsAt: { readonly file: number; readonly offset: number } | null = null;
  #lateHavesAtMs = Infinity;
  /** Who was behind the connections that ended last: what they sent may still turn out bad. */
  readonly #departed = new Map<ConnectionId, PeerId>();
  /** `extending`: it was open, for fewer files. `full`: it was open; `probing`: is there room again? */
  #storage: "closed" | "opening" | "open" | "extending" | "full" | "probing" = "closed";
  /** There is room for these, or is being made; null: for all. */
  #roomyFiles: ReadonlySet<number> | null = new Set();
  /** Files that the person has a copy of. */
  readonly #offeredFiles = new Set<number>();
  #probeAtMs = Infinity;
  /** Pieces that storage has lost once. */
  readonly #lost = new Set<number>();
  /** Asked of all peers and not given up, and what that may come to. */
  #requestedBytes = 0;
  #windowBytes = Infinity;
  /** When anybody last sent a block. */
  #dataAtMs = 0;
  #wanted = false;
  #paused = false;
  #verifiedBytes = 0;
  #verifiedBytesOfFile: Float64Array<ArrayBuffer> = new Float64Array();

  constructor(core: Core, pages: HashPages) {
    this.#core = core;
    this.#pages = pages;
    this.#ownCopy = new OwnCopy(core, pages);
    this.#comparison = new Comparison(core, pages, COMPARED_AT_ONCE, (piece, hash) =>
      core.emit({ type: "check-piece", piece, hash }),
    );
  }

  /** Null where the person brought no copy. */
  get ownCopy(): OwnCopySnapshot | null {
    return this.#ownCopy.snapshot();
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** There was room for all that was chosen; then the disk filled up, or more was chosen. */
  get isDiskFull(): boolean {
    return this.#storage === "full" || this.#storage === "probing";
  }

  /** There was room for all that was chosen at first. */
  get isBegun(): boolean {
    return this.#storage === "open" || this.#storage === "extending" || this.isDiskFull;
  }

  get verifiedBytes(): number {
    return this.#verifiedBytes;
  }

  /** A copy, one number per file. */
  get verifiedBytesOfFile(): Float64Array<ArrayBuffer> {
    return this.#verifiedBytesOfFile.slice();
  }

  /** Null until the manifest is known. */
  get picker(): Picker | null {
    return this.#picker;
  }

  /** Everything that the person chose is held. */
  get isDone(): boolean {
    return this.#core.content !== null && this.#missingCount === 0;
  }

  /** The manifest became known: what peers claimed before can now be read. */
  begin(content: Content): void {
    const { layout } = content.manifest;
    const { openPieceBytes } = this.#core.config;
    this.#wantedPieces = this.#piecesOfChosen(content);
    this.#pages.wantedPieces = this.#wantedPieces;
    this.#picker = new Picker(
      layout,
      content.had,
      this.#wantedPieces,
      (piece) => this.#pages.isKnown(piece) && !this.#isPending(piece),
      openPieceBytes,
      this.#core.rng,
    );
    this.play(this.#playsAt);
    this.#verifiedBytesOfFile = new Float64Array(layout.fileSizes.length);
    if (content.had.isFull) {
      this.#verifiedBytes = layout.totalBytes;
      this.#verifiedBytesOfFile = Float64Array.from(layout.fileSizes);
    } else {
      for (const piece of content.had.pieces()) this.#countVerified(layout, piece);
    }
    this.#recount(content.had);
    for (const peer of this.#core.proven()) this.#readClaim(peer);
    if (this.#wanted) this.#openStorage();
  }

  /** Hashes became known: their pieces may be asked for. */
  pageKnown(page: Page): void {
    const range = this.#core.content?.manifest.layout.piecesOfPage(page.index);
    if (range !== undefined) this.#picker?.known(range.first, range.end);
    if (this.#storage === "open") this.#core.emit({ type: "store-page", page });
    this.#ownCopy.pageKnown();
    this.#comparison.pageKnown();
    this.#pumpComparisons();
  }

  #piecesOfChosen({ manifest: { layout } }: Content): Bitfield {
    if (this.#chosenFiles === null) return Bitfield.full(layout.pieceCount);
    const pieces = new Bitfield(layout.pieceCount);
    for (const file of this.#chosenFiles) {
      if (file >= layout.fileSizes.length) continue;
      const { first, end } = layout.piecesOfFile(file);
      for (let piece = first; piece < end; piece++) pieces.add(piece);
    }
    return pieces;
  }

  /** Fetches these files alone from now on; null: all. Nobody is asked for others any more. */
  choose(files: readonly number[] | null): void {
    this.#chosenFiles = files;
    const { content } = this.#core;
    if (content === null) return;
    this.#wantedPieces.assign(this.#piecesOfChosen(content));
    for (const peer of this.#core.proven()) {
      for (const { block } of peer.requests.values()) {
        if (!this.#wantedPieces.has(block.piece)) this.#takeBackFrom(peer, block);
      }
    }
    const unwanted = this.#picker?.dropUnwanted() ?? [];
    for (const piece of unwanted) this.#core.emit({ type: "drop-piece", piece });
    this.#picker?.renew();
    this.#pages.mayFetch();
    this.#recount(content.had);
    if (this.#wanted && !this.#paused) this.#openStorage();
    this.#renew();
  }

  /** Fetches what is at and behind this place of a file first; null: nothing in particular. */
  play(at: { readonly file: number; readonly offset: number } | null): void {
    this.#playsAt = at;
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined) return;
    if (at === null || at.file >= layout.fileSizes.length) {
      this.#pages.playsAt = null;
      return this.#picker?.setHead(null);
    }
    const { first, end } = layout.piecesOfFile(at.file);
    const piece = first + Math.floor(at.offset / layout.pieceBytes);
    this.#pages.playsAt = layout.pageOf(piece);
    this.#pages.mayFetch();
    this.#picker?.setHead({ first: piece, end });
    this.pumpAll();
  }

  want(): void {
    this.#wanted = true;
    this.#paused = false;
    this.#openStorage();
    this.#renew();
  }

  /** The person has a copy of these files: nobody is asked for what of it is good. */
  offer(files: readonly number[]): void {
    const layout = this.#core.content?.manifest.layout;
    if (layout === undefined) return;
    this.#ownCopy.offer(files);
    for (const file of files) {
      this.#offeredFiles.add(file);
      const { first, end } = layout.piecesOfFile(file);
      this.#picker?.known(first, end);
    }
    this.#pages.mayFetch();
    this.#pumpComparisons();
  }

  /** Whether it may be found here, and so isn't asked of peers. */
  #isPending(piece: number): boolean {
    return this.#ownCopy.isPending(piece) || this.#comparison.pending.has(piece);
  }

  #pumpComparisons(): void {
    if (this.#storage !== "open") return;
    if (this.#isActive) this.#ownCopy.pump();
    this.#comparison.pump();
  }

  /** The person's own copy of the piece was compared with its hash, and stored where it matches. */
  pieceCopied(piece: number, matches: boolean): void {
    if (this.#ownCopy.copied(piece, matches)) this.#compared(piece, matches);
  }

  /** What is stored of the piece was compared with its hash. */
  pieceChecked(piece: number, matches: boolean): void {
    if (this.#comparison.compared(piece)) this.#compared(piece, matches);
  }

  /** It is here; or it isn't, and peers are asked. */
  #compared(piece: number, matches: boolean): void {
    if (matches) this.#gained(piece);
    else this.#picker?.known(piece, piece + 1);
    this.#pumpComparisons();
    this.pumpAll();
  }

  pause(): void {
    this.#paused = true;
    for (const peer of this.#core.proven()) {
      this.#takeBackAll(peer);
      this.#tellInterest(peer);
    }
  }

  resume(): void {
    this.#paused = false;
    if (this.#wanted) this.#openStorage();
    this.#renew();
  }

  storageOpened(unchecked: Bitfield | null): void {
    this.#storage = "open";
    this.#probeAtMs = Infinity;
    for (const page of this.#pages.known()) this.#core.emit({ type: "store-page", page });
    if (unchecked !== null) this.compare(unchecked);
    if (this.#wanted && !this.#paused) this.#openStorage(); // More may have been chosen meanwhile.
    this.#renew();
  }

  /**
   * The disk filled up in the middle, or is still full. What is held counts and is served on; the
   * rest waits for room.
   */
  storageFull(): void {
    this.#storage = "full";
    this.#ownCopy.interrupted();
    this.#probeAtMs = this.#core.nowMs + FULL_RETRY_MS;
    this.#core.wakeBy(this.#probeAtMs);
    for (const peer of this.#core.proven()) {
      this.#takeBackAll(peer);
      this.#tellInterest(peer);
    }
    this.#dropBegun();
  }

  /**
   * Storage broke or filled up; `want` tries it again. What is held counts on only where the disk
   * was merely full: after any other failure it can't be trusted.
   */
  storageLost(isMerelyFull: boolean): void {
    if (!isMerelyFull) this.#forgetPieces();
    this.#storage = "closed";
    this.#ownCopy.interrupted();
    this.#probeAtMs = Infinity;
    this.pause();
    this.#wanted = false;
    this.#dropBegun();
  }

  #dropBegun(): void {
    for (const piece of this.#picker?.reset() ?? []) this.#core.emit({ type: "drop-piece", piece });
  }

  // What may be stored from before.

  /** These pieces may be stored: whether they are as they were signed shows when pages are known. */
  compare(pieces: Bitfield): void {
    this.#comparison.add(pieces.pieces());
    this.#picker?.renew();
    this.#pumpComparisons();
  }

  /** Storage no longer has the piece: it is fetched again. Null where that is known already. */
  pieceLost(piece: number): "once" | "again" | null {
    const { content } = this.#core;
    if (content === null || !content.had.remove(piece)) return null;
    const { file, length } = content.manifest.layout.span(piece);
    this.#verifiedBytes -= length;
    this.#verifiedBytesOfFile[file] = (this.#verifiedBytesOfFile[file] ?? 0) - length;
    this.#picker?.lost(piece);
    this.#recount(content.had);
    this.#renew();
    if (this.#lost.has(piece)) return "again";
    this.#lost.add(piece);
    return "once";
  }

  #forgetPieces(): void {
    const had = this.#core.content?.had;
    if (had === undefined) return;
    had.assign(new Bitfield(had.size));
    this.#comparison.clear();
    this.#lost.clear();
    this.#verifiedBytes = 0;
    this.#verifiedBytesOfFile.fill(0);
    this.#recount(had);
  }

  /** What is held or wanted changed altogether. */
  #recount(had: Bitfield): void {
    this.#missingCount = this.#wantedPieces.countOf(this.#wantedPieces, had);
    for (const peer of this.#core.proven()) {
      peer.wantedCount = peer.has?.countOf(this.#wantedPieces, had) ?? 0;
    }
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
    for (const piece of pieces) {
      if (!this.#countCopy(peer, peer.has, piece)) continue;
      this.#pages.has(peer, piece);
      this.onHave(peer, piece);
    }
    this.#tellInterest(peer);
    this.pump(peer);
  }

  /** Called for each piece that a peer says it has got. */
  onHave: (peer: Peer, piece: number) => void = () => undefined;

  suggested(peer: Peer, pieces: readonly number[]): void {
    const size = peer.has?.size ?? 0;
    if (pieces.some((piece) => piece >= size)) return this.#core.drop(peer, "protocolError");
    peer.suggested.push(...pieces);
    peer.suggestedAtMs = this.#core.nowMs;
    if (peer.suggested.length > LIMITS.haveCount) {
      peer.suggested.splice(0, peer.suggested.length - LIMITS.haveCount);
    }
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
    const rarity = this.#picker?.rarity;
    for (const piece of peer.earlyHaves.splice(0)) claimed.add(piece);
    peer.has = claimed;
    peer.wantedCount = claimed.countOf(this.#wantedPieces, content.had);
    peer.isCountedFull = claimed.isFull;
    if (claimed.isFull) rarity?.addFullPeer();
    else for (const piece of claimed.pieces()) rarity?.addCopy(piece);
    this.#pages.mayFetch();
    this.#tellInterest(peer);
    this.pump(peer);
  }

  #countCopy(peer: Peer, has: Bitfield, piece: number): boolean {
    if (!has.add(piece)) return false;
    this.#picker?.rarity.addCopy(piece);
    if (this.#isMissing(piece)) peer.wantedCount++;
    return true;
  }

  #uncountCopy(peer: Peer, has: Bitfield, piece: number): void {
    const rarity = this.#picker?.rarity;
    if (rarity === undefined || !has.has(piece)) return;
    if (peer.isCountedFull) {
      peer.isCountedFull = false;
      rarity.removeFullPeer();
      for (const held of has.pieces()) rarity.addCopy(held);
    }
    has.remove(piece);
    rarity.removeCopy(piece);
    if (this.#isMissing(piece)) peer.wantedCount--;
  }

  #isMissing(piece: number): boolean {
    return this.#wantedPieces.has(piece) && this.#core.content?.had.has(piece) === false;
  }

  #tellInterest(peer: Peer): void {
    const isInterested = peer.wantedCount > 0 && this.#isActive;
    if (isInterested === peer.amInterested) return;
    peer.amInterested = isInterested;
    this.#core.send(peer, { type: isInterested ? "interested" : "not-interested" });
  }

  // Asking.

  get #isActive(): boolean {
    const isMeant = this.#wanted && !this.#paused && !this.isDiskFull;
    return isMeant && this.#core.status.kind === "running";
  }

  /** Sees to room for all that is chosen. Where there is some for a part, what is there stays. */
  #openStorage(): void {
    const { content } = this.#core;
    if (content === null) return;
    const before = this.#storage;
    if (before !== "closed" && before !== "full" && before !== "open") return;
    const files =
      this.#chosenFiles === null
        ? null
        : [...new Set([...this.#chosenFiles, ...this.#offeredFiles])];
    if (before === "open" && this.#isRoomFor(files)) return;
    this.#storage = before === "closed" ? "opening" : before === "full" ? "probing" : "extending";
    this.#roomyFiles = files && new Set(files);
    const { manifest, signed, had } = content;
    // While it is open pieces may be on their way to it.
    const isEmpty = had.count === 0 && before !== "open";
    this.#core.emit({ type: "open-storage", manifest, signed, isEmpty, files });
  }

  #isRoomFor(files: readonly number[] | null): boolean {
    const roomy = this.#roomyFiles;
    return roomy === null || (files !== null && files.every((file) => roomy.has(file)));
  }

  #renew(): void {
    this.#pumpComparisons();
    for (const peer of this.#core.proven()) {
      this.#tellInterest(peer);
      this.pump(peer);
    }
  }

  /** Asks this peer for as much as its pipeline takes. */
  pump(peer: Peer): void {
    const picker = this.#picker;
    if (picker === null || this.#storage !== "open" || !this.#isActive) return;
    if (peer.has === null || peer.peerChoking || !peer.amInterested || peer.trial !== null) {
      return;
    }
    while (
      peer.requestedBytes < peer.pipeline.windowBytes &&
      this.#requestedBytes < this.#windowBytes &&
      peer.requests.size < LIMITS.requestsPerPeer
    ) {
      const block = this.#pick(picker, peer, peer.has);
      if (block === null) return;
      peer.requests.set(blockKey(block), { block, askedAtMs: this.#core.nowMs });
      peer.requestedBytes += block.length;
      this.#requestedBytes += block.length;
      this.#core.send(peer, { type: "request", block });
      if (peer.requests.size === 1) this.#core.wakeBy(this.#silentUntilMs(peer));
    }
  }

  #pick(picker: Picker, peer: Peer, has: Bitfield): Block | null {
    const wish: Wish = {
      connection: peer.connection,
      has,
      suggested: peer.suggested,
      isGuided: peer.requests.size > 0 && this.#core.nowMs - peer.suggestedAtMs < GUIDED_MS,
      isFast: peer.pipeline.soonBytes >= picker.pieceBytes,
      isOnParole: peer.isOnParole,
      isSoonerThan: (other, block) => this.#isSooner(peer, other, block),
    };
    const block = picker.pick(wish);
    if (block !== null) return block;
    const evicted = picker.makeRoom(has);
    if (evicted === null) return null;
    this.#core.emit({ type: "drop-piece", piece: evicted });
    return picker.pick(wish);
  }

  /** Whether a block asked of this peer would be here long before what the other one owes. */
  #isSooner(peer: Peer, otherConnection: ConnectionId, block: Block): boolean {
    const other = this.#core.peers.get(otherConnection);
    if (other === undefined || other.pipeline.isSnubbed) return true;
    const askedAtMs = other.requests.get(blockKey(block))?.askedAtMs ?? -Infinity;
    const leftMs = other.pipeline.expectedMs - (this.#core.nowMs - askedAtMs);
    const mineMs = peer.pipeline.leastRoundTripMs * (1 + peer.requests.size);
    return leftMs > 2 * mineMs + REPEAT_MS;
  }

  /** Asks everyone, those that answer first. */
  pumpAll(): void {
    const peers = this.#core.proven();
    for (const peer of peers) if (!peer.pipeline.isSnubbed) this.pump(peer);
    for (const peer of peers) if (peer.pipeline.isSnubbed) this.pump(peer);
  }

  choked(peer: Peer, isChoking: boolean): void {
    peer.peerChoking = isChoking;
    if (!isChoking) return this.pump(peer);
    // Choking answers nothing: what was asked is rejected or sent one by one. But no piece may wait
    // for this peer alone any longer.
    peer.suggested.length = 0; // What it doesn't serve now it suggests to others.
    if (this.#freeSoloPieces(peer)) this.pumpAll();
  }

  /** True where there were any. */
  #freeSoloPieces(peer: Peer): boolean {
    const freed = this.#picker?.freeSolo(peer.connection) ?? [];
    for (const piece of freed) {
      this.#core.emit({ type: "drop-piece", piece });
      // Still to be answered, and may be asked for anew before that.
      for (const { block } of peer.requests.values()) {
        if (block.piece === piece) this.#takeBackFrom(peer, block);
      }
    }
    return freed.length > 0;
  }

  /** Stops waiting for a block. Its answer still comes. */
  #giveUp(peer: Peer, block: Block): void {
    const key = blockKey(block);
    if (!this.#forgetRequest(peer, block)) return;
    peer.owed.set(key, (peer.owed.get(key) ?? 0) + 1);
  }

  /** It is asked for no longer: given up, or here. False where it wasn't. */
  #endRequest(peer: Peer, block: Block): boolean {
    if (!peer.requests.delete(blockKey(block))) return false;
    peer.requestedBytes -= block.length;
    this.#requestedBytes -= block.length;
    return true;
  }

  #forgetRequest(peer: Peer, block: Block): boolean {
    if (!this.#endRequest(peer, block)) return false;
    if (this.#picker?.release(peer.connection, block) === true) {
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
    if (!peer.peerChoking && peer.has !== null) {
      this.#uncountCopy(peer, peer.has, block.piece);
      this.#tellInterest(peer);
      if (++peer.brokenPromises > MOST_BROKEN_PROMISES) this.#core.drop(peer, "timeout");
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
    this.#dataAtMs = nowMs;
    peer.silences = 0;
    this.#windowBytes += payload.length;
    if (this.#windowBytes >= MOST_WINDOW_BYTES) this.#windowBytes = Infinity;
    peer.download.add(payload.length, nowMs);
    this.#core.download.add(payload.length, nowMs);
    if (request !== undefined) {
      this.#endRequest(peer, block);
      const rates = { rate: peer.download, allRate: this.#core.download };
      peer.pipeline.received(payload.length, nowMs - request.askedAtMs, rates, nowMs);
      this.#core.wakeBy(this.#silentUntilMs(peer)); // Its patience may have become shorter.
    }
    const picker = this.#picker;
    if (picker !== null && (this.#isActive || request !== undefined)) {
      this.#take(picker, peer, block, payload);
    }
    this.pump(peer);
  }

  #take(picker: Picker, peer: Peer, block: Block, payload: Bytes): void {
    const { piece, offset } = block;
    const outcome = picker.received(peer.connection, block);
    if (outcome.kind === "unwanted") return;
    for (const other of outcome.others) this.#takeBack(other, block);
    this.#core.emit({ type: "store-block", piece, offset, payload });
    if (!outcome.isComplete) return;
    const hash = this.#pages.hashOf(piece);
    if (hash === null) throw new Error("a piece is only asked for when its hash is known");
    const isSuspect = picker.isSuspect(piece);
    this.#core.emit({ type: "finish-piece", piece, hash, isSuspect });
  }

  /** Another peer was asked for this block as well, which is no longer needed. */
  #takeBack(connection: ConnectionId, block: Block): void {
    const peer = this.#core.peers.get(connection);
    if (peer === undefined || !peer.requests.has(blockKey(block))) return;
    this.#takeBackFrom(peer, block);
    this.pump(peer);
  }

  #takeBackAll(peer: Peer): void {
    for (const { block } of peer.requests.values()) this.#takeBackFrom(peer, block);
  }

  #takeBackFrom(peer: Peer, block: Block): void {
    this.#core.send(peer, { type: "cancel", block });
    this.#giveUp(peer, block);
  }

  /**
   * Its hash was compared, and where it matched the piece is stored. `blockHashes` are there where
   * it didn't, or hadn't before.
   */
  pieceFinished(piece: number, matches: boolean, blockHashes: readonly string[] | null): void {
    const { content } = this.#core;
    const picker = this.#picker;
    if (content === null || picker === null) return;
    const senders = picker.sendersOf(piece);
    if (!matches) {
      picker.mismatched(piece);
      this.#suspect(piece, senders, blockHashes ?? []);
      return this.pumpAll();
    }
    this.#gained(piece);
    this.#acquit(piece, senders, blockHashes);
    this.pumpAll(); // Memory for another piece is free.
  }

  /** The piece is stored: from here on it is had, and others are told. */
  #gained(piece: number): void {
    const { content } = this.#core;
    const picker = this.#picker;
    if (content === null || picker === null) return;
    const isNew = content.had.add(piece);
    if (picker.finished(piece, isNew)) this.#core.emit({ type: "drop-piece", piece });
    if (!isNew) return;
    this.#countVerified(content.manifest.layout, piece);
    const isWanted = this.#wantedPieces.has(piece);
    if (isWanted) this.#missingCount--;
    const frame = encodeFrame({ type: "have", pieces: [piece] });
    for (const peer of this.#core.proven()) {
      const isHeld = peer.has?.has(piece) === true;
      if (isHeld && isWanted) peer.wantedCount--;
      if (peer.isTold) this.#tellHave(peer, piece, isHeld, frame);
      this.#tellInterest(peer);
    }
    if (content.had.isFull) this.#flushHaves(true);
  }

  #countVerified(layout: Layout, piece: number): void {
    const { file, length } = layout.span(piece);
    this.#verifiedBytes += length;
    this.#verifiedBytesOfFile[file] = (this.#verifiedBytesOfFile[file] ?? 0) + length;
  }

  /**
   * Who lacks the piece hears at once, or, while there is something else to ask of me, soon, with
   * other news: frames cost as much as thousands of bytes. Who has it counts copies, for which there
   * is more time.
   */
  #tellHave(peer: Peer, piece: number, isHeld: boolean, frame: Bytes): void {
    if (!isHeld && !peer.peerInterested) return this.#core.sendFrame(peer, frame);
    peer.lateHaves.push(piece);
    if (peer.lateHaves.length >= LIMITS.haveCount) return this.#flushHavesTo(peer);
    const dueMs = isHeld ? this.#laterMs(peer) : this.#core.nowMs + NEWS_MS;
    peer.havesDueMs = Math.min(peer.havesDueMs, dueMs);
    this.#flushBy(peer.havesDueMs);
  }

  #laterMs(peer: Peer): number {
    const soonMs = this.#core.nowMs + LATE_HAVE_MS;
    return peer.has?.isFull === true ? soonMs : Math.max(soonMs, peer.flushedAtMs + LATER_HAVE_MS);
  }

  /** It has nothing more to ask of me, as far as it knows. */
  lostInterest(peer: Peer): void {
    if (peer.lateHaves.length > 0 && peer.has?.isFull !== true) this.#flushHavesTo(peer);
  }

  #flushHaves(isForAll: boolean): void {
    this.#lateHavesAtMs = Infinity;
    const { nowMs } = this.#core;
    for (const peer of this.#core.proven()) {
      if (peer.lateHaves.length === 0) continue;
      if (isForAll || peer.havesDueMs <= nowMs) this.#flushHavesTo(peer);
      else this.#flushBy(peer.havesDueMs);
    }
  }

  #flushBy(timeMs: number): void {
    this.#lateHavesAtMs = Math.min(this.#lateHavesAtMs, timeMs);
    this.#core.wakeBy(this.#lateHavesAtMs);
  }

  #flushHavesTo(peer: Peer): void {
    peer.flushedAtMs = this.#core.nowMs;
    peer.havesDueMs = Infinity;
    this.#core.send(peer, { type: "have", pieces: peer.lateHaves.splice(0) });
  }

  // Trust.

  /** One sender of a bad piece is a liar. Among several it shows later; until then all are on parole. */
  #suspect(piece: number, senders: readonly ConnectionId[], hashes: readonly string[]): void {
    const several = new Set(senders);
    if (several.size === 1) return this.#convict(several, piece);
    this.#suspicion.mismatched(piece, senders, hashes);
    for (const connection of several) {
      const peer = this.#core.peers.get(connection);
      if (peer !== undefined) peer.isOnParole = true;
    }
  }

  /** The piece is good: who sent bad blocks of it before is known, and who sent all of it is cleared. */
  #acquit(
    piece: number,
    senders: readonly ConnectionId[],
    blockHashes: readonly string[] | null,
  ): void {
    const [alone, ...others] = new Set(senders);
    const peer = alone === undefined ? undefined : this.#core.peers.get(alone);
    if (peer !== undefined && others.length === 0) peer.isOnParole = false;
    if (blockHashes !== null) this.#convict(this.#suspicion.matched(piece, blockHashes), piece);
  }

  /**
   * They sent bad blocks. Before one is banned it may show the hash page that it goes by: if that is
   * signed and another than mine, not it lied but the sharer.
   */
  #convict(liars: ReadonlySet<ConnectionId>, piece: number): void {
    for (const connection of liars) {
      const peer = this.#core.peers.get(connection);
      const departed = this.#departed.get(connection);
      if (peer !== undefined) {
        this.#takeBackAll(peer);
        this.#pages.examine(peer, piece);
      } else if (departed !== undefined) {
        this.#core.acquaintances.ban(departed);
      }
    }
  }

  /** A connection ended: what it owed is asked of others, its copies no longer count. */
  dropped(peer: Peer): void {
    for (const { block } of peer.requests.values()) this.#giveUp(peer, block);
    const picker = this.#picker;
    if (picker === null || peer.has === null) return;
    if (peer.isCountedFull) picker.rarity.removeFullPeer();
    else for (const piece of peer.has.pieces()) picker.rarity.removeCopy(piece);
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
    if (this.#lateHavesAtMs <= this.#core.nowMs) this.#flushHaves(false);
    if (this.#probeAtMs <= this.#core.nowMs) this.#probe();
    const askedBytes = this.#requestedBytes;
    const isStandstill = this.#core.nowMs - this.#dataAtMs >= STANDSTILL_MS;
    for (const peer of this.#core.proven()) {
      if (this.#silentUntilMs(peer) > this.#core.nowMs) continue;
      if (isStandstill) {
        this.#windowBytes = Math.max(LEAST_WINDOW_BYTES, askedBytes * STANDSTILL_FACTOR);
      }
      peer.pipeline.snub();
      peer.silences++;
      this.#takeBackAll(peer);
      if (peer.silences >= MOST_SILENCES) this.#core.drop(peer, "timeout");
    }
    this.pumpAll();
  }

  /** Is there room again? */
  #probe(): void {
    this.#probeAtMs = Infinity;
    if (this.#wanted && !this.#paused) this.#openStorage();
  }

  nextWakeMs(): number {
    let next = Math.min(this.#lateHavesAtMs, this.#probeAtMs);
    for (const peer of this.#core.proven()) next = Math.min(next, this.#silentUntilMs(peer));
    return next;
  }

  #silentUntilMs(peer: Peer): number {
    const [oldest] = peer.requests.values();
    if (oldest === undefined) return Infinity;
    return Math.max(peer.lastDataAtMs, oldest.askedAtMs) + peer.pipeline.patienceMs;
  }
}
