/**
 * Performs the engine's effects over ports and hands the outcomes back. A browser's worker, the
 * tests and the simulator differ in the ports alone.
 */
import { type Bytes, concat, fromBase64url, sameBytes, toBase64url } from "./bytes.ts";
import { type CatalogueStatement, isCurrent, openStated, type Signed } from "./catalogue/entry.ts";
import type { CryptoPort, SigningKey } from "./crypto.ts";
import { type ErrorCode, ShoalError } from "./errors.ts";
import type { Bitfield } from "./engine/bitfield.ts";
import { Engine } from "./engine/engine.ts";
import type {
  ConnectionId,
  Contradiction,
  Effect,
  End,
  EngineSnapshot,
  EngineStatus,
  Held,
  Input,
  Page,
  PieceVerdict,
  Restored,
  SharedByMe,
} from "./engine/io.ts";
import type { PieceMap } from "./engine/piece-map.ts";
import type { Rng } from "./engine/rarity.ts";
import { type PeerId, peerIdOf } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import type { ShareSecrets } from "./share/secrets.ts";
import { decodeManifestInSteps, type Manifest } from "./share/manifest.ts";
import { SIGNATURE_BYTES, STATEMENT, type StatementType, statement } from "./share/statement.ts";
import {
  type Acquaintance,
  agreementOf,
  checkIntroductionBytes,
  type Identity,
} from "./signal/identity.ts";
import type { IncomingSignal, OutgoingSignal } from "./tracker/messages.ts";
import { type Block, DATA_HEAD_BYTES, END_REASON, writeDataHead } from "./wire/frame.ts";
import type { Role } from "./wire/handshake.ts";

/** Thrown by a store that finds a piece to be other than it was signed: it is fetched again. */
export class PieceLost extends Error {
  readonly piece: number;

  constructor(piece: number, options?: { cause?: unknown }) {
    super(`piece ${piece} is lost`, options);
    this.name = "PieceLost";
    this.piece = piece;
  }
}

/** Verified content, to be read. Failures are `ShoalError`s, or at a store `PieceLost`. */
export interface PieceReader {
  /** Fills `into`, which is as long as the block. */
  read(block: Block, into: Bytes): Promise<void>;
}

/** Where a leecher keeps its pieces. */
export interface Store extends PieceReader {
  /**
   * Makes room for these files, by index, or for all where null; after the disk was full also for
   * what is written next. What was written before stays; where it `isEmpty`, nothing of that counts,
   * and pieces that may be there are returned. Called again, also while pieces are written, when there
   * is to be room for more files.
   * @throws {ShoalError} `no-space` or `storage-failed`
   */
  open(
    manifest: Manifest,
    signed: Bytes,
    isEmpty: boolean,
    files: readonly number[] | null,
  ): Promise<Bitfield | null>;
  /** Keeps a page of hashes for a later session, which does without it where that fails. */
  keepPage(page: Page): void;
  /**
   * Keeps a block in memory until its piece is finished or dropped. Copies the payload, which is gone
   * afterwards.
   */
  keepBlock(piece: number, offset: number, payload: Bytes): void;
  /**
   * Compares the piece's SHA-256 and, where it matches, writes it in place. Drops it if not. The
   * blocks' hashes are wanted where it didn't match, and where it `isSuspect`.
   */
  finishPiece(piece: number, hash: Bytes, isSuspect: boolean): Promise<PieceVerdict>;
  dropPiece(piece: number): void;
  /**
   * Compares the person's own copy of a piece with its hash and, where it matches, writes it in place;
   * false where it doesn't, or can't be read.
   * @throws {ShoalError} `no-space` or `storage-failed`
   */
  copyPiece(piece: number, hash: Bytes): Promise<boolean>;
  /** Whether a piece is stored with this SHA-256; from then on it counts as finished. */
  checkPiece(piece: number, hash: Bytes): Promise<boolean>;
}

/** The sharer's own files. */
export interface Source extends PieceReader {
  /** SHA-256 of each piece in `[first, end)`, one after the other. */
  hashPieces(first: number, end: number): Promise<Bytes>;
}

/**
 * What a sharer signed, kept for a later session before anybody is told of it, so that no slot is
 * ever signed twice. Where it can't be kept there is no later session; nothing is thrown.
 */
export interface SignedKeeper {
  keepPage(page: Page): Promise<void>;
  keepEnd(end: End): Promise<void>;
}

export type DriverPorts = {
  readonly crypto: CryptoPort;
  readonly rng: Rng;
  readonly clock: {
    /** Monotonic. */
    nowMs(): number;
    /** Wall clock, in milliseconds of Unix time. */
    unixMs(): number;
    /** Calls back at this time or soon after; replaces an earlier alarm. Null: none. */
    wakeAt(timeMs: number | null, wake: () => void): void;
  };
  readonly transport: {
    /** Memory for a frame, whatever is in it; `send` takes it back. */
    allocate(sizeBytes: number): Bytes;
    /** Bytes in the send buffer afterwards; 0 where the connection is gone. */
    send(connection: ConnectionId, frame: Bytes): number;
    close(connection: ConnectionId): void;
  };
  readonly swarm: {
    announce(held: Held, numWant: number): void;
    dial(peer: PeerId): void;
    hangUp(peer: PeerId): void;
  };
  readonly neighbours: {
    /** One of them brought a sealed signal, as it says of this sender. */
    brought(signal: IncomingSignal): void;
  };
  readonly overlay: {
    /** What a proven peer of the swarm said for the overlay, 1 to `LIMITS.overlayContentBytes`. */
    heard(peer: PeerId, content: Bytes): void;
  };
  /** Comes back when whatever else waits has had its turn. */
  readonly pause: () => Promise<void>;
  /** Something that a view shows may have changed. */
  readonly changed: () => void;
};

export type DriverShare =
  | ({
      readonly kind: "sharer";
      readonly source: Source;
      readonly key: SigningKey;
      readonly keeper?: SignedKeeper;
    } & SharedByMe)
  | {
      readonly kind: "receiver";
      readonly store: Store;
      /** What an earlier session left in the store. */
      readonly restored?: Restored | null;
    };

export type DriverOptions = {
  /** Memory for pieces that are being fetched or checked. */
  readonly openPieceBytes: number;
  readonly sendBufferBytes: number;
};

/** A gibibyte would be silly, 16 MiB starves a fast link of 4 MiB pieces. */
const DEFAULT_OPTIONS: DriverOptions = {
  openPieceBytes: 64 * 1024 * 1024,
  sendBufferBytes: 1024 * 1024,
};

/** Signs what a share's page, manifest or end says. */
async function signStatement(
  key: SigningKey,
  type: StatementType,
  secrets: ShareSecrets,
  index: number,
  content: Uint8Array,
): Promise<Bytes> {
  return key.sign(statement(type, secrets.swarm, index, content));
}

export class Driver {
  readonly #engine: Engine;
  readonly #ports: DriverPorts;
  readonly #share: DriverShare;
  readonly #publicKey: Bytes;
  readonly #secrets: ShareSecrets;
  readonly #identity: Identity;
  readonly #inputs: Input[] = [];
  /** Effects that were performed and aren't answered yet. */
  #answerCount = 0;
  /** Signals that a neighbour is to pass on, by exchange. */
  readonly #relays = new Map<string, (isPassedOn: boolean) => void>();
  #isHandling = false;
  #isClosed = false;

  /** `publicKey` is the share's. */
  constructor(
    publicKey: Bytes,
    secrets: ShareSecrets,
    identity: Identity,
    share: DriverShare,
    ports: DriverPorts,
    options: DriverOptions = DEFAULT_OPTIONS,
  ) {
    this.#publicKey = publicKey;
    this.#secrets = secrets;
    this.#identity = identity;
    this.#share = share;
    this.#ports = ports;
    this.#engine = new Engine(
      {
        ...options,
        self: identity.peer,
        peerKey: identity.signing.publicKey,
        agreement: agreementOf(identity),
        swarm: secrets.swarm,
        peerCount: LIMITS.peers,
        share: share.kind === "sharer" ? share : null,
        restored: share.kind === "receiver" ? (share.restored ?? null) : null,
      },
      ports.rng,
    );
  }

  /** Something is under way whose outcome the engine waits for. */
  get isAnswering(): boolean {
    return this.#answerCount > 0;
  }

  /** Another value whenever a view has something new to say, beside figures that grow. */
  get stage(): string {
    return this.#engine.stage;
  }

  snapshot(): EngineSnapshot {
    return this.#engine.snapshot(this.#ports.clock.nowMs());
  }

  get status(): EngineStatus {
    return this.#engine.status;
  }

  /** Whether a piece is verified and stored: `PieceReader`s can read it. */
  holds(piece: number): boolean {
    return this.#engine.holds(piece);
  }

  /** Where the pieces are, in so many cells at most; null until the files are known. */
  pieceMap(mostCells: number): PieceMap | null {
    return this.#engine.pieceMap(mostCells);
  }

  /** The newest that the share's key said to catalogues, as far as is known; it may have expired. */
  get stated(): Signed | null {
    return this.#engine.stated;
  }

  /** Tells the peers what the share's key said to catalogues: here, or in an earlier session. */
  passOn(signed: Signed): void {
    this.handle({ type: "catalogue-stated", signed, leftMs: this.#leftMs(signed.stated) });
  }

  /** A peer that some neighbour is connected to, with the key that seals a first signal to it. */
  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#engine.acquaintance(peer);
  }

  /**
   * Has a neighbour pass a signal on; true once one did, false where none could or answered. One of
   * each exchange at a time. Rejects nothing.
   */
  carry({ to, kind, exchange, body: text }: OutgoingSignal): Promise<boolean> {
    const body = fromBase64url(text);
    if (body === null || body.length > LIMITS.signalBodyBytes) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#relays.set(exchange, resolve);
      this.handle({ type: "relay", to, kind, exchange, body });
    });
  }

  /** A channel to this peer is open. */
  connected(
    connection: ConnectionId,
    peer: PeerId,
    role: Role,
    localFingerprint: string,
    remoteFingerprint: string,
  ): void {
    const nonce = this.#ports.crypto.randomBytes(32);
    const ends = { localFingerprint, remoteFingerprint };
    this.handle({ type: "connected", connection, peer, role, nonce, ...ends });
  }

  /**
   * Takes an input and performs what follows from it. An input that comes while another one's
   * effects are performed, from a port that answers at once, waits for its turn.
   */
  handle(input: Input): void {
    this.#inputs.push(input);
    if (this.#isHandling) return;
    this.#isHandling = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        if (!this.#isClosed) this.#handleOne(next);
      }
    } finally {
      this.#isHandling = false;
    }
    if (this.#isClosed) return;
    this.#ports.clock.wakeAt(this.#engine.nextWakeMs(), () => this.handle({ type: "wake" }));
    this.#ports.changed();
  }

  #handleOne(input: Input): void {
    const { clock, transport } = this.#ports;
    let levels: Map<ConnectionId, number> | null = null;
    for (const effect of this.#engine.handle(input, clock.nowMs())) {
      if (effect.type === "send") {
        levels ??= new Map();
        levels.set(effect.connection, transport.send(effect.connection, effect.frame));
      } else {
        this.#perform(effect);
      }
    }
    if (levels !== null) this.#inputs.push({ type: "buffered", levels });
  }

  /** Nothing is performed from here on. */
  close(): void {
    this.#isClosed = true;
    this.#ports.clock.wakeAt(null, () => undefined);
  }

  #perform(effect: Exclude<Effect, { type: "send" }>): void {
    switch (effect.type) {
      case "announce":
        return this.#ports.swarm.announce(effect.held, effect.numWant);
      case "dial":
        return this.#ports.swarm.dial(effect.peer);
      case "hang-up":
        return this.#ports.swarm.hangUp(effect.peer);
      case "check-introductions":
        return this.#answer(this.#checkIntroductions(effect.connection, effect.introductions));
      case "signal-brought": {
        const { from, kind, exchange, body } = effect;
        const { swarm } = this.#secrets;
        const signal = { swarm, from, kind, exchange, body: toBase64url(body) };
        return this.#ports.neighbours.brought(signal);
      }
      case "relay-ended": {
        const { exchange, isPassedOn } = effect;
        this.#relays.get(exchange)?.(isPassedOn);
        this.#relays.delete(exchange);
        return;
      }
      case "overlay-heard":
        return this.#ports.overlay.heard(effect.peer, effect.content);
      case "close":
        return this.#ports.transport.close(effect.connection);
      case "make-proof":
        return this.#answer(this.#makeProof(effect.connection, effect.statement));
      case "check-proof":
        return this.#answer(this.#checkProof(effect));
      case "check-manifest":
        return this.#answer(this.#checkManifest(effect.connection, effect.signed));
      case "check-page":
        return this.#answer(this.#checkPage(effect.connection, effect.page));
      case "check-contradiction":
        return this.#answer(this.#checkContradiction(effect.connection, effect.proof));
      case "check-end":
        return this.#answer(this.#checkEnd(effect.connection, effect.end));
      case "check-catalogue":
        return this.#answer(this.#checkCatalogue(effect.connection, effect.statement));
      case "sign-end":
        return this.#answer(this.#signEnd(effect.reason));
      case "make-page":
        return this.#answer(this.#makePage(effect.page));
      case "open-storage":
        return this.#answer(
          this.#store
            .open(effect.manifest, effect.signed, effect.isEmpty, effect.files)
            .then((unchecked) => ({ type: "storage-opened", unchecked })),
        );
      case "store-page":
        return this.#store.keepPage(effect.page);
      case "store-block":
        return this.#store.keepBlock(effect.piece, effect.offset, effect.payload);
      case "drop-piece":
        return this.#store.dropPiece(effect.piece);
      case "check-piece": {
        const { piece, hash } = effect;
        return this.#answer(
          this.#store
            .checkPiece(piece, hash)
            .then((matches) => ({ type: "piece-checked", piece, matches })),
        );
      }
      case "finish-piece":
        return this.#answer(
          this.#store
            .finishPiece(effect.piece, effect.hash, effect.isSuspect)
            .then((verdict) => ({ type: "piece-finished", piece: effect.piece, ...verdict })),
        );
      case "copy-piece": {
        const { piece, hash } = effect;
        return this.#answer(
          this.#store
            .copyPiece(piece, hash)
            .then((matches) => ({ type: "piece-copied", piece, matches })),
        );
      }
      case "send-block":
        return this.#answer(this.#sendBlock(effect.connection, effect.block));
    }
  }

  #answer(outcome: Promise<Input>): void {
    this.#answerCount++;
    const answer = (input: Input): void => {
      this.#answerCount--;
      this.handle(input);
    };
    outcome.then(answer, (error: unknown) => answer({ type: "failed", code: codeOf(error) }));
  }

  get #store(): Store {
    if (this.#share.kind !== "receiver") throw new Error("a sharer stores nothing");
    return this.#share.store;
  }

  get #sharer(): Extract<DriverShare, { kind: "sharer" }> {
    if (this.#share.kind !== "sharer") throw new Error("only a sharer signs for the share");
    return this.#share;
  }

  async #makeProof(connection: ConnectionId, stated: Bytes): Promise<Input> {
    const { crypto } = this.#ports;
    return {
      type: "proof-made",
      connection,
      mac: await crypto.mac(this.#secrets.proofSecret, stated),
      signature: await this.#identity.signing.sign(stated),
      ownerSignature: this.#share.kind === "sharer" ? await this.#share.key.sign(stated) : null,
    };
  }

  async #checkProof(effect: Extract<Effect, { type: "check-proof" }>): Promise<Input> {
    const { crypto } = this.#ports;
    const { connection, peerKey, ownerSignature, signature } = effect;
    const isMember =
      (await peerIdOf(peerKey, crypto)) === effect.peer &&
      (await crypto.macMatches(this.#secrets.proofSecret, effect.statement, effect.mac)) &&
      (await crypto.verify(peerKey, effect.statement, signature));
    if (!isMember) return { type: "proof-checked", connection, outcome: "failed" };
    if (ownerSignature === null) return { type: "proof-checked", connection, outcome: "member" };
    const isOwner = await crypto.verify(this.#publicKey, effect.statement, ownerSignature);
    return { type: "proof-checked", connection, outcome: isOwner ? "owner" : "failed" };
  }

  async #checkManifest(connection: ConnectionId, signed: Bytes): Promise<Input> {
    const content = signed.slice(SIGNATURE_BYTES);
    const signature = signed.slice(0, SIGNATURE_BYTES);
    const isSigned = await this.#isSigned(STATEMENT.manifest, 0, content, signature);
    const answer = { type: "manifest-checked", connection, signed } as const;
    if (!isSigned) return { ...answer, manifest: null, error: null };
    try {
      return { ...answer, manifest: await this.#decode(content), error: null };
    } catch (error) {
      // Safe: the share's own key signed it, so no other peer has a better one.
      return { ...answer, manifest: null, error: codeOf(error) };
    }
  }

  /** In steps, since a large list of files would hold everything else up. */
  async #decode(content: Bytes): Promise<Manifest> {
    const steps = decodeManifestInSteps(content);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await this.#ports.pause();
    }
  }

  async #checkPage(connection: ConnectionId, page: Page): Promise<Input> {
    const ok = await this.#isSigned(STATEMENT.page, page.index, page.hashes, page.signature);
    return { type: "page-checked", connection, page, ok };
  }

  async #checkContradiction(connection: ConnectionId, proof: Contradiction): Promise<Input> {
    const [first, second] = proof.pages;
    let ok = !sameBytes(first.hashes, second.hashes);
    for (const page of proof.pages) {
      ok &&= await this.#isSigned(STATEMENT.page, page.index, page.hashes, page.signature);
    }
    return { type: "contradiction-checked", connection, proof, ok };
  }

  async #checkEnd(connection: ConnectionId, end: End): Promise<Input> {
    const ok = await this.#isSigned(STATEMENT.end, 0, endContent(end.reason), end.signature);
    return { type: "end-checked", connection, end, ok };
  }

  async #signEnd(reason: End["reason"]): Promise<Input> {
    const { key, keeper } = this.#sharer;
    const end = await signEnd(key, this.#secrets, reason);
    await keeper?.keepEnd(end);
    return { type: "end-signed", end };
  }

  async #checkCatalogue(connection: ConnectionId, statement: Bytes): Promise<Input> {
    const opened = await openStated(statement, this.#ports.crypto);
    const signed = opened?.swarm === this.#secrets.swarm ? opened : null;
    const leftMs = signed === null ? 0 : this.#leftMs(signed.stated);
    return { type: "catalogue-checked", connection, signed, leftMs };
  }

  async #checkIntroductions(
    connection: ConnectionId,
    introductions: readonly Bytes[],
  ): Promise<Input> {
    const { swarm } = this.#secrets;
    const checks = introductions.map((introduction) =>
      checkIntroductionBytes(introduction, swarm, this.#ports.crypto),
    );
    const known = (await Promise.all(checks)).filter((acquaintance) => acquaintance !== null);
    const acquaintances = known.length === introductions.length ? known : null;
    return { type: "introductions-checked", connection, introductions, acquaintances };
  }

  /** For how long it holds yet. */
  #leftMs(stated: CatalogueStatement): number {
    const nowMs = this.#ports.clock.unixMs();
    return isCurrent(stated, nowMs) ? stated.expiresMs - nowMs : 0;
  }

  async #makePage(index: number): Promise<Input> {
    const { key, source, manifest, keeper } = this.#sharer;
    const { first, end } = manifest.layout.piecesOfPage(index);
    const hashes = await source.hashPieces(first, end);
    const signature = await signStatement(key, STATEMENT.page, this.#secrets, index, hashes);
    const page = { index, signature, hashes };
    await keeper?.keepPage(page);
    return { type: "page-made", page };
  }

  async #sendBlock(connection: ConnectionId, block: Block): Promise<Input> {
    const reader = this.#share.kind === "sharer" ? this.#share.source : this.#share.store;
    const { transport } = this.#ports;
    const frame = transport.allocate(DATA_HEAD_BYTES + block.length);
    writeDataHead(frame, block.piece, block.offset);
    try {
      await reader.read(block, frame.subarray(DATA_HEAD_BYTES));
    } catch (error) {
      this.handle({ type: "block-unread", connection, block });
      if (error instanceof PieceLost) return { type: "piece-lost", piece: error.piece };
      throw error;
    }
    const bufferedBytes = this.#isClosed ? 0 : transport.send(connection, frame);
    return { type: "block-sent", connection, block, bufferedBytes };
  }

  #isSigned(
    type: StatementType,
    index: number,
    content: Bytes,
    signature: Bytes,
  ): Promise<boolean> {
    const stated = statement(type, this.#secrets.swarm, index, content);
    return this.#ports.crypto.verify(this.#publicKey, stated, signature);
  }
}

const endContent = (reason: End["reason"]): Bytes => new Uint8Array([END_REASON[reason]]);

const codeOf = (error: unknown): ErrorCode =>
  error instanceof ShoalError ? error.code : "internal";

/** What ends a share for everyone, for good. */
export async function signEnd(
  key: SigningKey,
  secrets: ShareSecrets,
  reason: End["reason"],
): Promise<End> {
  const signature = await signStatement(key, STATEMENT.end, secrets, 0, endContent(reason));
  return { reason, signature };
}

/** A share's manifest with its signature in front, as it travels. */
export async function signManifest(
  key: SigningKey,
  secrets: ShareSecrets,
  encoded: Bytes,
): Promise<Bytes> {
  const signature = await signStatement(key, STATEMENT.manifest, secrets, 0, encoded);
  return concat(signature, encoded);
}
