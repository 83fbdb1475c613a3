/**
 * The engine of one swarm: a state machine without IO. `handle` takes a fact and returns what to
 * do about it; `nextWakeMs` says when to come again if nothing happens; `snapshot` is what a view
 * shows. Time comes as an argument and never runs backwards, chance as a function.
 *
 * Invariants, kept by `#settle` after every input:
 * - effects for a connection stop once it is dropped;
 * - an ended or failed engine asks for nothing and serves nothing;
 * - a piece is in `had` only after `piece-finished`, `piece-checked` or `piece-copied` said that its
 *   hash matches, in this session or in an earlier one.
 */
import type { Bytes } from "../bytes.ts";
import type { Signed } from "../catalogue/entry.ts";
import type { PeerId } from "../ids.ts";
import { LIMITS } from "../limits.ts";
import type { Acquaintance } from "../signal/identity.ts";
import { decodeFrame, type Message } from "../wire/frame.ts";
import { Bitfield } from "./bitfield.ts";
import { CatalogueExchange } from "./catalogue-exchange.ts";
import { type Content, Core } from "./core.ts";
import { Downloads } from "./downloads.ts";
import { Greeting } from "./greeting.ts";
import { Hearsay } from "./hearsay.ts";
import { HashPages } from "./hash-pages.ts";
import type {
  ConnectionId,
  Contradiction,
  Effect,
  End,
  EngineConfig,
  EngineSnapshot,
  EngineStatus,
  Held,
  Input,
} from "./io.ts";
import { ManifestExchange } from "./manifest-exchange.ts";
import { OverlayContact } from "./overlay-contact.ts";
import type { Peer } from "./peer.ts";
import { PeerExchange } from "./peer-exchange.ts";
import { People } from "./people.ts";
import { type PieceMap, pieceMap } from "./piece-map.ts";
import type { Rng } from "./rarity.ts";
import { SignalRelay } from "./signal-relay.ts";
import { Turnover } from "./turnover.ts";
import { Uploads } from "./uploads.ts";

/** A tracker that didn't answer is asked again after so long. */
const ANNOUNCE_RETRY_MS = 15_000;
/** No tracker makes a peer announce more often than this. */
const LEAST_ANNOUNCE_MS = 5_000;
/** With nobody here a tracker is asked more often than it wishes, but no more than this. */
const LONELY_ANNOUNCE_MS = 20_000;

type ConnectionInput = Exclude<
  Extract<Input, { connection: ConnectionId }>,
  {
    type:
      | "connected"
      | "manifest-checked"
      | "page-checked"
      | "end-checked"
      | "contradiction-checked"
      | "catalogue-checked"
      | "introductions-checked";
  }
>;

export class Engine {
  readonly #core: Core;
  readonly #greeting: Greeting;
  readonly #manifests: ManifestExchange;
  readonly #pages: HashPages;
  readonly #downloads: Downloads;
  readonly #uploads: Uploads;
  readonly #turnover: Turnover;
  readonly #people: People;
  readonly #catalogue: CatalogueExchange;
  readonly #overlay: OverlayContact;
  readonly #hearsay = new Hearsay();
  readonly #exchange: PeerExchange;
  readonly #relay: SignalRelay;
  #trackerUp = false;
  #announceAtMs = Infinity;
  #announcedAtMs = -Infinity;
  #announcedHeld: Held | null = null;
  #swarmPeerCount: number | null = null;
  /** Passed on to everyone who comes. */
  #end: End | null = null;
  /** So is this. */
  #contradiction: Contradiction | null = null;

  constructor(config: EngineConfig, rng: Rng) {
    this.#core = new Core(config, rng);
    this.#greeting = new Greeting(this.#core);
    this.#manifests = new ManifestExchange(this.#core);
    this.#pages = new HashPages(this.#core);
    this.#downloads = new Downloads(this.#core, this.#pages);
    this.#uploads = new Uploads(this.#core, this.#pages);
    this.#turnover = new Turnover(this.#core);
    this.#people = new People(this.#core);
    this.#catalogue = new CatalogueExchange(this.#core);
    this.#overlay = new OverlayContact(this.#core);
    this.#exchange = new PeerExchange(this.#core, this.#hearsay);
    this.#relay = new SignalRelay(this.#core, this.#hearsay);
    this.#core.onDropped = (peer) => {
      this.#manifests.dropped(peer);
      this.#pages.dropped(peer);
      this.#downloads.dropped(peer);
      this.#uploads.dropped(peer);
      this.#exchange.dropped(peer);
      this.#relay.dropped(peer);
      if (this.#core.peers.size === 0) this.#announceSoon();
    };
    this.#pages.onKnown = (page) => {
      this.#downloads.pageKnown(page);
      this.#uploads.pageKnown();
    };
    this.#downloads.onHave = (peer, piece) => this.#uploads.suggester.has(peer, piece);
    if (config.share !== null) {
      const { manifest, signed } = config.share;
      this.#learn({ manifest, signed, had: Bitfield.full(manifest.layout.pieceCount) });
      for (const page of config.share.pages ?? []) this.#pages.keep(page);
      if (config.share.end) this.#finishShare(config.share.end);
    } else if (config.restored) {
      const { manifest, signed, held, pages } = config.restored;
      this.#learn({ manifest, signed, had: held });
      this.#downloads.compare(config.restored.unchecked);
      for (const page of pages) this.#pages.keep(page);
    }
  }

  /** Takes one input at a time and returns what is to be done, in order. */
  handle(input: Input, nowMs: number): Effect[] {
    this.#core.nowMs = Math.max(nowMs, this.#core.nowMs);
    this.#apply(input);
    this.#settle();
    return this.#core.takeEffects();
  }

  /**
   * When to hand in `wake`, in the clock of `handle`; null if only inputs can change anything. It
   * may be too early, which does no harm.
   */
  nextWakeMs(): number | null {
    const { acquaintances, status, wakeAtMs } = this.#core;
    const next = Math.min(
      wakeAtMs,
      this.#trackerUp ? this.#announceAtMs : Infinity,
      status.kind === "running" ? acquaintances.nextWakeMs() : Infinity,
      this.#turnover.nextWakeMs(),
    );
    return next === Infinity ? null : next;
  }

  /** What everybody waits for, looked at anew. */
  #renewWake(): void {
    this.#core.wakeAtMs = Math.min(
      this.#greeting.nextWakeMs(),
      this.#manifests.nextWakeMs(),
      this.#pages.nextWakeMs(),
      this.#downloads.nextWakeMs(),
      this.#uploads.nextWakeMs(),
      this.#exchange.nextWakeMs(),
      this.#relay.nextWakeMs(),
    );
  }

  #apply(input: Input): void {
    switch (input.type) {
      case "wake":
        return this.#wake();
      case "download":
        this.#return();
        return this.#core.status.kind === "running" ? this.#downloads.want() : undefined;
      case "pause":
        return this.#downloads.pause();
      case "resume":
        this.#return();
        return this.#downloads.resume();
      case "choose-files":
        return this.#downloads.choose(input.files);
      case "own-copy":
        this.#return();
        if (this.#core.status.kind !== "running") return;
        this.#downloads.offer(input.files);
        return this.#downloads.want();
      case "play-head":
        return this.#downloads.play(input.at);
      case "limit-upload":
        return this.#uploads.limit(input.bytesPerSec);
      case "introduce":
        return this.#people.introduce(input.person);
      case "catalogue-stated":
        return this.#catalogue.learn(input.signed, input.leftMs);
      case "relay":
        return this.#relay.relay(input);
      case "hide-address":
        return this.#exchange.hide(input.isHidden);
      case "overlay-hello":
        return this.#overlay.hello(input.content);
      case "overlay-say":
        return this.#overlay.say(input.peer, input.content);
      case "leave":
        return this.#leave();
      case "end-share":
        return this.#core.emit({ type: "sign-end", reason: input.reason });
      case "end-signed":
        return this.#finishShare(input.end);
      case "tracker-up":
        this.#trackerUp = true;
        if (this.#core.status.kind !== "left") this.#announceAtMs = this.#core.nowMs;
        return;
      case "tracker-down":
        this.#trackerUp = false;
        this.#announceAtMs = Infinity;
        return;
      case "announced":
        return this.#announced(input.peers, input.swarmPeerCount, input.intervalMs);
      case "introduced":
        for (const peer of input.peers) this.#core.acquaintances.met(peer, this.#core.nowMs);
        return;
      case "announce-failed":
        if (this.#core.status.kind !== "left") {
          this.#announceAtMs = this.#core.nowMs + ANNOUNCE_RETRY_MS;
        }
        return;
      case "dial-failed":
        // Where the other end's dial was faster, mine failed and nothing is lost.
        if (this.#core.connectionTo(input.peer) !== null) return;
        this.#hearsay.failed(input.peer);
        return this.#core.acquaintances.lost(input.peer, this.#core.nowMs);
      case "storage-opened":
        return this.#downloads.storageOpened(input.unchecked);
      case "piece-checked":
        this.#downloads.pieceChecked(input.piece, input.matches);
        return this.#seedIfWhole();
      case "piece-lost":
        return this.#pieceLost(input.piece);
      case "piece-finished":
        this.#downloads.pieceFinished(input.piece, input.matches, input.blockHashes);
        return this.#seedIfWhole();
      case "piece-copied":
        this.#downloads.pieceCopied(input.piece, input.matches);
        return this.#seedIfWhole();
      case "page-made":
        return this.#pages.made(input.page);
      case "failed":
        return this.#fail(input);
      case "connected":
        return this.#greeting.begin(input);
      // What a signature says stays true when whoever brought it has left meanwhile.
      case "manifest-checked":
        return this.#manifestChecked(input);
      case "page-checked": {
        const contradiction = this.#pages.checked(input.page, input.ok);
        if (contradiction !== null) return this.#contradicted(contradiction);
        if (!input.ok) return this.#dropIfHere(input.connection);
        return this.#downloads.pumpAll();
      }
      case "contradiction-checked":
        if (input.ok) return this.#contradicted(input.proof);
        return this.#dropIfHere(input.connection);
      case "end-checked":
        if (input.ok) return this.#finishShare(input.end);
        return this.#dropIfHere(input.connection);
      case "catalogue-checked":
        return this.#catalogue.checked(input);
      case "introductions-checked":
        return this.#exchange.checked(input);
      case "buffered":
        for (const [connection, bufferedBytes] of input.levels) {
          const peer = this.#core.peers.get(connection);
          if (peer !== undefined) this.#buffered(peer, bufferedBytes);
        }
        return this.#uploads.pump();
      default: {
        // What is left concerns a connection; it may be gone by now.
        const peer = this.#core.peers.get(input.connection);
        if (peer !== undefined) this.#applyTo(peer, input);
      }
    }
  }

  #applyTo(peer: Peer, input: ConnectionInput): void {
    const core = this.#core;
    switch (input.type) {
      case "disconnected":
        return core.forget(peer);
      case "frame":
        return this.#frame(peer, input.frame);
      case "widened":
        return peer.pipeline.widen();
      case "proof-made": {
        const { mac, signature, ownerSignature } = input;
        core.send(peer, { type: "proof", mac, signature, ownerSignature });
        return this.#greeted(peer, this.#greeting.proved(peer));
      }
      case "proof-checked":
        return this.#greeted(peer, this.#greeting.checked(peer, input.outcome));
      case "block-sent":
        return this.#uploads.sent(peer, input.block, input.bufferedBytes);
      case "block-unread":
        return this.#uploads.unread(peer, input.block);
    }
  }

  #buffered(peer: Peer, bufferedBytes: number): void {
    this.#uploads.buffered(peer, bufferedBytes);
    if (bufferedBytes > LIMITS.backlogBytes) return this.#core.drop(peer, "timeout");
    this.#manifests.serve(peer);
    this.#pages.serve(peer);
  }

  /** It brought a forged signature. */
  #dropIfHere(connection: ConnectionId): void {
    const peer = this.#core.peers.get(connection);
    if (peer !== undefined) this.#core.drop(peer, "badData");
  }

  #manifestChecked(input: Extract<Input, { type: "manifest-checked" }>): void {
    const { manifest, signed, error } = input;
    this.#manifests.checked();
    if (error !== null) this.#core.status = { kind: "failed", code: error };
    else if (manifest === null) this.#dropIfHere(input.connection);
    else if (this.#core.content === null) {
      this.#learn({ manifest, signed, had: new Bitfield(manifest.layout.pieceCount) });
    }
  }

  /** Both proofs are through: what waited for that is dealt with. Null: they aren't. */
  #greeted(peer: Peer, waiting: readonly Bytes[] | null): void {
    if (waiting === null) return;
    this.#core.acquaintances.proven(peer.id);
    this.#people.greeted(peer);
    this.#tell(peer);
    this.#catalogue.greeted(peer);
    this.#overlay.greeted(peer);
    this.#exchange.greeted(peer);
    for (const frame of waiting) this.#frame(peer, frame);
  }

  #frame(peer: Peer, frame: Bytes): void {
    if (this.#core.peers.get(peer.connection) !== peer) return;
    peer.lastFrameAtMs = this.#core.nowMs;
    const decoded = decodeFrame(frame);
    switch (decoded.kind) {
      case "unknown": // A later version's: skipped, so that the protocol can grow.
        return this.#mayBeNew(peer) ? undefined : this.#core.drop(peer, "protocolError");
      case "malformed":
        return this.#core.drop(peer, "protocolError");
      case "other-version":
        return this.#core.drop(peer, "version");
      case "message":
        if (!peer.isProven) return this.#greeting.message(peer, decoded.message, frame);
        return this.#message(peer, decoded.message);
    }
  }

  /** A peer that has checked my proof may say anything, also while I still check its own. */
  #mayBeNew(peer: Peer): boolean {
    return peer.isProven || peer.trust.step === "checking";
  }

  #message(peer: Peer, message: Message): void {
    const core = this.#core;
    switch (message.type) {
      case "hello":
      case "proof":
        return core.drop(peer, "protocolError");
      case "goodbye":
        if (message.reason === "leaving") core.acquaintances.left(peer.id);
        core.emit({ type: "close", connection: peer.connection });
        return core.forget(peer);
      case "person":
        return this.#people.heard(peer, message);
      case "manifest-request":
        return this.#manifests.requested(peer, message.offset);
      case "manifest-part":
        return this.#manifests.part(peer, message.totalBytes, message.offset, message.part);
      case "page-request":
        return this.#pages.requested(peer, message.page);
      case "page": {
        const { page: index, signature, hashes } = message;
        return this.#pages.received(peer, { index, signature, hashes });
      }
      case "page-reject":
        return this.#pages.rejected(peer, message.page);
      case "bitfield":
        return this.#downloads.claimed(peer, { kind: "bits", bits: message.bits });
      case "have-all":
        return this.#downloads.claimed(peer, { kind: "all" });
      case "have-none":
        return this.#downloads.claimed(peer, { kind: "none" });
      case "have":
        return this.#downloads.have(peer, message.pieces);
      case "choke":
        return this.#downloads.choked(peer, true);
      case "unchoke":
        return this.#downloads.choked(peer, false);
      case "suggest":
        return this.#downloads.suggested(peer, message.pieces);
      case "interested":
        return this.#uploads.interest(peer, true);
      case "not-interested":
        this.#downloads.lostInterest(peer);
        return this.#uploads.interest(peer, false);
      case "request":
        return this.#uploads.requested(peer, message.block);
      case "reject":
        return this.#downloads.rejected(peer, message.block);
      case "cancel":
        return this.#uploads.cancelled(peer, message.block);
      case "data":
        return this.#downloads.data(peer, message.piece, message.offset, message.payload);
      case "contradiction": {
        if (this.#contradiction !== null || peer.isContradictionChecking) return;
        const { page: index, first, second } = message;
        const pages = [
          { index, ...first },
          { index, ...second },
        ] as const;
        peer.isContradictionChecking = true;
        const { connection } = peer;
        return core.emit({ type: "check-contradiction", connection, proof: { pages } });
      }
      case "end": {
        if (this.#end !== null || peer.isEndChecking) return;
        const { reason, signature } = message;
        const end = { reason, signature };
        peer.isEndChecking = true;
        return core.emit({ type: "check-end", connection: peer.connection, end });
      }
      case "catalogue":
        return this.#catalogue.received(peer, message.statement);
      case "introduction":
      case "peers":
      case "gone":
        return this.#exchange.heard(peer, message);
      case "relay":
        return this.#relay.requested(peer, message);
      case "relayed":
        return this.#relay.brought(peer, message);
      case "relay-answer":
        return this.#relay.answered(peer, message.exchange, message.isPassedOn);
      case "overlay":
        return this.#overlay.heard(peer, message.content);
    }
  }

  /** The files are known: by the person's choice, from a checked manifest, or from before. */
  #learn(content: Content): void {
    this.#core.content = content;
    // What is held is said before what is wanted: who unchokes for that suggests by it.
    for (const peer of this.#core.proven()) {
      this.#tell(peer);
      this.#manifests.serve(peer);
    }
    this.#downloads.begin(content);
    this.#seedIfWhole();
  }

  /** From the last piece on this peer seeds. */
  #seedIfWhole(): void {
    const rarity = this.#downloads.picker?.rarity;
    if (rarity === undefined || this.#core.content?.had.isFull !== true) return;
    this.#uploads.suggester.begin(rarity);
  }

  /** Says what is held here, as soon as that can be said; or that the share has ended. */
  #tell(peer: Peer): void {
    const { content } = this.#core;
    if (this.#end !== null) return this.#core.send(peer, { type: "end", ...this.#end });
    if (this.#contradiction !== null) return this.#tellContradiction(peer, this.#contradiction);
    if (content === null || peer.isTold) return;
    peer.isTold = true;
    if (content.had.isFull) this.#core.send(peer, { type: "have-all" });
    else if (content.had.count === 0) this.#core.send(peer, { type: "have-none" });
    else this.#core.send(peer, { type: "bitfield", bits: content.had.toBytes() });
  }

  #announced(peers: readonly Peer["id"][], swarmPeerCount: number, intervalMs: number): void {
    if (this.#core.status.kind === "left") return; // Asked before; it isn't asked again.
    this.#swarmPeerCount = swarmPeerCount;
    for (const peer of peers) {
      const isNew = peer !== this.#core.config.self && this.#core.connectionTo(peer) === null;
      if (isNew) this.#core.acquaintances.met(peer, this.#core.nowMs);
    }
    const isLonely = this.#core.peers.size === 0;
    const waitMs = isLonely ? Math.min(intervalMs, LONELY_ANNOUNCE_MS) : intervalMs;
    this.#announceAtMs = this.#core.nowMs + Math.max(waitMs, LEAST_ANNOUNCE_MS);
  }

  /** The last peer is gone: is anybody else here? */
  #announceSoon(): void {
    const soonMs = Math.max(this.#core.nowMs, this.#announcedAtMs + LEAST_ANNOUNCE_MS);
    this.#announceAtMs = Math.min(this.#announceAtMs, soonMs);
  }

  #finishShare(end: End): void {
    if (this.#end !== null) return;
    this.#end = end;
    if (this.#core.status.kind === "running") {
      this.#core.status = { kind: "ended", reason: end.reason };
    }
    for (const peer of this.#core.proven()) {
      this.#uploads.clear(peer);
      this.#core.send(peer, { type: "end", ...end });
    }
  }

  /** The sharer signed two things for one slot: nobody can be served by this share. */
  #contradicted(proof: Contradiction): void {
    if (this.#contradiction !== null) return;
    this.#contradiction = proof;
    if (this.#core.status.kind === "running") {
      this.#core.status = { kind: "failed", code: "contradiction" };
    }
    this.#downloads.pause();
    this.#uploads.fill();
    for (const peer of this.#core.proven()) this.#tellContradiction(peer, proof);
  }

  #tellContradiction(peer: Peer, { pages: [first, second] }: Contradiction): void {
    this.#core.send(peer, { type: "contradiction", page: first.index, first, second });
  }

  /** It is fetched again; a disk that loses the same piece twice isn't relied on any more. */
  #pieceLost(piece: number): void {
    const lost = this.#downloads.pieceLost(piece);
    if (lost === null) return;
    this.#uploads.suggester.stop();
    if (lost === "again") this.#fail({ type: "failed", code: "storage-failed" });
  }

  #fail(input: Extract<Input, { type: "failed" }>): void {
    if (this.#core.status.kind !== "running") return;
    // In the middle there will be room again; before, a smaller share or another disk is needed.
    if (input.code === "no-space" && this.#downloads.isBegun) return this.#downloads.storageFull();
    this.#core.status = { kind: "failed", code: input.code };
    this.#uploads.fill();
    if (this.#core.config.share === null) {
      this.#uploads.suggester.stop();
      return this.#downloads.storageLost(input.code === "no-space");
    }
    // Whoever fetches learns that no more is to come.
    if (input.code === "source-changed") {
      this.#core.emit({ type: "sign-end", reason: "sourceChanged" });
    }
  }

  #leave(): void {
    if (this.#core.status.kind === "running") this.#core.status = { kind: "left" };
    this.#downloads.pause();
    for (const peer of this.#core.peers.values()) this.#core.drop(peer, "leaving");
    this.#announceAtMs = Infinity;
    this.#announcedHeld = null;
  }

  /** From a failure that may have passed, or from having left. */
  #return(): void {
    if (this.#core.status.kind === "ended" || this.#core.status.kind === "running") return;
    if (this.#contradiction !== null) {
      this.#core.status = { kind: "failed", code: "contradiction" };
      return;
    }
    this.#core.status = { kind: "running" };
    this.#seedIfWhole();
    this.#uploads.fill();
    this.#announceAtMs = this.#core.nowMs;
  }

  #wake(): void {
    this.#greeting.wake();
    this.#manifests.wake();
    this.#pages.wake();
    this.#downloads.wake();
    this.#uploads.wake();
    this.#exchange.wake();
    this.#relay.wake();
    for (const peer of this.#core.acquaintances.expired(this.#core.nowMs)) {
      this.#hearsay.failed(peer);
      this.#core.emit({ type: "hang-up", peer });
    }
    this.#turnover.wake();
    this.#renewWake();
  }

  /** After every input: whatever can go on now does. */
  #settle(): void {
    const core = this.#core;
    const isRunning = core.status.kind === "running";
    if (isRunning) {
      this.#manifests.pump();
      this.#pages.pump();
    }
    if (isRunning) {
      for (const peer of core.acquaintances.toDial(core.nowMs)) core.emit({ type: "dial", peer });
    }
    const held = this.#held();
    const isNews = this.#announcedHeld !== null && this.#announcedHeld !== held;
    const isDue = core.nowMs >= this.#announceAtMs || (isRunning && isNews && held === "all");
    if (this.#trackerUp && isDue) {
      this.#announcedHeld = held;
      this.#announcedAtMs = core.nowMs;
      this.#announceAtMs = core.nowMs + ANNOUNCE_RETRY_MS; // Until the tracker says better.
      const room = Math.max(0, core.config.peerCount - core.peers.size);
      core.emit({ type: "announce", held, numWant: Math.min(room, LIMITS.numWant) });
    }
  }

  #held(): Held {
    const had = this.#core.content?.had;
    if (had === undefined || (had.count === 0 && had.size > 0)) return "nothing";
    return had.isFull ? "all" : "part";
  }

  get status(): EngineStatus {
    return this.#core.status;
  }

  /** The newest that the share's key said to catalogues, as far as is known; it may have expired. */
  get stated(): Signed | null {
    return this.#catalogue.newest;
  }

  /** Somebody that a neighbour is connected to; null for anybody else. */
  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#hearsay.acquaintance(peer);
  }

  /** Whether a piece is verified and stored. */
  holds(piece: number): boolean {
    return this.#core.content?.had.has(piece) === true;
  }

  /** Where the pieces are; null until the files are known. */
  pieceMap(mostCells: number): PieceMap | null {
    const { content } = this.#core;
    const rarity = this.#downloads.picker?.rarity;
    if (content === null || rarity === undefined) return null;
    return pieceMap(content.had, (piece) => rarity.copiesOf(piece), mostCells);
  }

  /** Another value whenever a view has something new to say, beside figures that grow. */
  get stage(): string {
    const { content, status } = this.#core;
    const { wanted, paused, isDone, verifiedBytes } = this.#downloads;
    const isFull = content?.had.isFull;
    const figures = `${verifiedBytes > 0} ${this.#people.changes}`;
    return `${status.kind} ${isFull} ${isDone} ${wanted} ${paused} ${figures}`;
  }

  /** What a view shows; computed anew at each call. */
  snapshot(nowMs: number): EngineSnapshot {
    const { content, status, config } = this.#core;
    const proven = this.#core.proven();
    return {
      status,
      manifest: content?.manifest ?? null,
      wanted: this.#downloads.wanted,
      paused: this.#downloads.paused,
      isDiskFull: this.#downloads.isDiskFull,
      isComplete: content?.had.isFull ?? false,
      isDone: this.#downloads.isDone,
      copiesOut: this.#downloads.picker?.rarity.copiesOut ?? 0,
      verifiedBytes: this.#downloads.verifiedBytes,
      verifiedBytesOfFile: this.#downloads.verifiedBytesOfFile,
      hashedBytes: this.#pages.hashedBytes,
      peers: proven.map((peer) => ({
        peer: peer.id,
        person: peer.person,
        pieceCount: peer.has?.count ?? 0,
        isSharer: peer.isSharer,
        isSnubbed: peer.pipeline.isSnubbed,
        downloadBytesPerSec: peer.download.bytesPerSec(nowMs),
        uploadBytesPerSec: peer.upload.bytesPerSec(nowMs),
        receivedBytes: peer.download.totalBytes,
        sentBytes: peer.upload.totalBytes,
      })),
      ownCopy: this.#downloads.ownCopy,
      isMissingHeld:
        config.share !== null ||
        proven.some((peer) => (content === null ? peer.claim !== null : peer.wantedCount > 0)),
      isMeeting:
        this.#core.acquaintances.isHopeful ||
        proven.length < this.#core.peers.size ||
        proven.some((peer) => content === null && peer.claim === null),
      swarmPeerCount: this.#swarmPeerCount,
      trackerUp: this.#trackerUp,
      sentBytes: this.#core.upload.totalBytes,
      receivedBytes: this.#core.download.totalBytes,
      downloadBytesPerSec: this.#core.download.bytesPerSec(nowMs),
      uploadBytesPerSec: this.#core.upload.bytesPerSec(nowMs),
    };
  }
}
