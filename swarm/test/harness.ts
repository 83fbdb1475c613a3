/**
 * A small world of real drivers and engines: frames over in-memory channels, a virtual clock that
 * moves only when nothing else is under way, and real cryptography. For scenarios of a few peers.
 */
import { Chance, seeded } from "../simulator/random.ts";
import { type Bytes, sameBytes, toBase64url, utf8 } from "../src/bytes.ts";
import { type CatalogueStatement, type Signed, signStated } from "../src/catalogue/entry.ts";
import type { CryptoPort, SigningKey } from "../src/crypto.ts";
import {
  Driver,
  type DriverShare,
  type SignedKeeper,
  PieceLost,
  signManifest,
  type Source,
  type Store,
} from "../src/driver.ts";
import { blockHashesOf } from "../src/engine/block-hashes.ts";
import { Bitfield } from "../src/engine/bitfield.ts";
import type { End, EngineSnapshot, Page, PieceVerdict, Restored } from "../src/engine/io.ts";
import { type ErrorCode, ShoalError } from "../src/errors.ts";
import type { PeerId } from "../src/ids.ts";
import { Layout } from "../src/share/layout.ts";
import { encodeLink } from "../src/share/link.ts";
import { encodeManifest, makeManifest, type Manifest } from "../src/share/manifest.ts";
import { deriveSecrets, type ShareSecrets } from "../src/share/secrets.ts";
import { type Identity, makeIdentity } from "../src/signal/identity.ts";
import { LIMITS } from "../src/limits.ts";
import { type Remains, restore } from "../src/restore.ts";
import type { IncomingSignal } from "../src/tracker/messages.ts";
import type { Block } from "../src/wire/frame.ts";
import { webCrypto } from "../webcrypto/webcrypto.ts";

/** `count` bytes that differ from piece to piece. */
export function content(count: number, seed = 1): Bytes {
  return new Chance(seed).bytes(count);
}

/** Changes a frame on its way; null loses it. */
export type Tamper = (frame: Bytes) => Bytes | null;

type Wire = { readonly to: Member; readonly connection: number; readonly tamper: Tamper };

export class World {
  readonly rng: () => number;
  readonly crypto: CryptoPort;
  readonly members: Member[] = [];
  /** Whether trackers answer. */
  trackerIsUp = true;
  nowMs = 0;
  /** When it began, in Unix time. */
  readonly epochMs = Date.UTC(2030, 0);
  #pending = 0;
  #nextConnection = 1;

  constructor(seed = 1) {
    this.rng = seeded(seed);
    this.crypto = this.#counted(webCrypto());
  }

  get unixMs(): number {
    return this.epochMs + this.nowMs;
  }

  /** Runs until the condition holds; moves the clock only when nothing is under way. */
  async until(what: string, holds: () => boolean, mostMs = 600_000): Promise<void> {
    const endMs = this.nowMs + mostMs;
    while (!holds()) {
      if (await this.#settled()) {
        if (holds()) return;
        const next = Math.min(...this.members.map((member) => member.alarmMs ?? Infinity));
        if (next > endMs) throw new Error(`never came true: ${what}`);
        this.nowMs = Math.max(this.nowMs, next);
        for (const member of this.members) member.ring(this.nowMs);
      }
    }
  }

  /** Lets everything that is under way come to rest, and so much time pass. */
  async rest(forMs: number): Promise<void> {
    const endMs = this.nowMs + forMs;
    await this.until("rest", () => this.nowMs >= endMs, forMs).catch(() => undefined);
    this.nowMs = Math.max(this.nowMs, endMs);
  }

  /** A channel between two, without a tracker. */
  connect(a: Member, b: Member, tampers: { toA?: Tamper; toB?: Tamper } = {}): void {
    const [atA, atB] = [this.#nextConnection++, this.#nextConnection++];
    const same: Tamper = (frame) => frame;
    a.wires.set(atA, { to: b, connection: atB, tamper: tampers.toB ?? same });
    b.wires.set(atB, { to: a, connection: atA, tamper: tampers.toA ?? same });
    const [fa, fb] = [`sha-256 AA:${atA}`, `sha-256 BB:${atB}`];
    a.driver.connected(atA, b.identity.peer, "initiator", fa, fb);
    b.driver.connected(atB, a.identity.peer, "responder", fb, fa);
  }

  /** What a tracker would do with an announce. */
  announce(from: Member): void {
    if (!this.trackerIsUp) return from.driver.handle({ type: "announce-failed" });
    const others = this.members.filter((member) => member !== from && member.isHere);
    from.driver.handle({
      type: "announced",
      peers: others.map((member) => member.identity.peer),
      swarmPeerCount: others.length,
      intervalMs: 120_000,
    });
  }

  dial(from: Member, peer: PeerId): void {
    const to = this.member(peer);
    if (!this.trackerIsUp) void this.#dialByNeighbour(from, peer);
    else if (to === null) from.driver.handle({ type: "dial-failed", peer });
    else this.connect(from, to);
  }

  /** Who is here by this id; null where nobody is. */
  member(peer: PeerId): Member | null {
    return this.members.find((member) => member.identity.peer === peer && member.isHere) ?? null;
  }

  /** An offer that isn't sealed, by way of the engines: whoever it comes to takes it. */
  async #dialByNeighbour(from: Member, to: PeerId): Promise<void> {
    const { swarm } = from.identity;
    const exchange = toBase64url(this.crypto.randomBytes(16));
    const offer = { swarm, to, kind: "offer", exchange, body: toBase64url(utf8("offer")) } as const;
    const isKnown = from.driver.acquaintance(to) !== null;
    if (isKnown && (await from.driver.carry(offer))) return;
    from.driver.handle({ type: "dial-failed", peer: to });
  }

  /** Does something later, but before the clock moves. */
  soon(action: () => void): void {
    this.#pending++;
    setImmediate(() => {
      this.#pending--;
      action();
    });
  }

  /** Counts what is under way, so that the clock stands still meanwhile. */
  async track<Result>(work: Promise<Result>): Promise<Result> {
    this.#pending++;
    try {
      return await work;
    } finally {
      setImmediate(() => this.#pending--);
    }
  }

  async #settled(): Promise<boolean> {
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#pending > 0) return false;
    }
    return true;
  }

  #counted(port: CryptoPort): CryptoPort {
    const counted: CryptoPort = {
      randomBytes: (count) => content(count, Math.floor(this.rng() * 2 ** 32)),
      generateSigningKey: async () => this.countedKey(await this.track(port.generateSigningKey())),
      signingKeyFrom: (secret) => this.track(port.signingKeyFrom(secret)),
      generateAgreementKey: () => this.track(port.generateAgreementKey()),
      sha256: (data) => this.track(port.sha256(data)),
      verify: (...args) => this.track(port.verify(...args)),
      hkdf: (...args) => this.track(port.hkdf(...args)),
      mac: (...args) => this.track(port.mac(...args)),
      macMatches: (...args) => this.track(port.macMatches(...args)),
      seal: (...args) => this.track(port.seal(...args)),
      open: (...args) => this.track(port.open(...args)),
    };
    return counted;
  }

  countedKey(key: SigningKey): SigningKey {
    return { publicKey: key.publicKey, sign: (message) => this.track(key.sign(message)) };
  }
}

/** Files in memory, both as a sharer's source and as a leecher's store, and what a sharer signed. */
export class MemoryFiles implements Source, Store {
  readonly files: Bytes[];
  readonly #world: World;
  #manifest: Manifest | null;
  #signed: Bytes = new Uint8Array();
  #held = new Bitfield(0);
  readonly #pages = new Map<number, Page>();
  readonly #kept = new Map<number, Bytes>();
  /** Thrown by the next read or write. */
  breaks: ErrorCode | null = null;
  /** The person's own copy of each file, where there is one. */
  readonly copies = new Map<number, Bytes>();
  end: End | null = null;
  keeper: SignedKeeper = {
    keepPage: async (page) => this.keepPage(page),
    keepEnd: async (end) => {
      this.end = end;
    },
  };
  /** There is no room for another piece. */
  isFull = false;
  openedCount = 0;
  /** For which files room was made, each time; null: for all. */
  readonly openedFor: (readonly number[] | null)[] = [];
  /** Pieces that are found to be damaged when they are read next. */
  readonly damaged = new Set<number>();
  /** Pieces whose reads wait until it is called. */
  hashGate: Promise<void> = Promise.resolve();
  mostKeptPieces = 0;
  #finishing = 0;

  constructor(world: World, files: Bytes[], manifest: Manifest | null) {
    this.#world = world;
    this.files = files;
    this.#manifest = manifest;
  }

  async open(
    manifest: Manifest,
    signed: Bytes,
    isEmpty: boolean,
    chosen: readonly number[] | null,
  ): Promise<Bitfield | null> {
    this.openedCount++;
    this.openedFor.push(chosen);
    this.#break();
    if (this.isFull) throw new ShoalError("no-space");
    this.#manifest = manifest;
    this.#signed = signed;
    const { layout } = manifest;
    if (isEmpty) this.#held = new Bitfield(layout.pieceCount);
    const mayBeThere = isEmpty && this.files.length > 0;
    for (const size of layout.fileSizes.slice(this.files.length)) {
      this.files.push(new Uint8Array(size));
    }
    return mayBeThere ? Bitfield.full(layout.pieceCount) : null;
  }

  async checkPiece(piece: number, hash: Bytes): Promise<boolean> {
    const { file, offset, length } = this.#span(piece);
    const bytes = this.files[file]?.slice(offset, offset + length) ?? new Uint8Array();
    const matches = sameBytes(await this.#world.crypto.sha256(bytes), hash);
    if (matches) this.#held.add(piece);
    return matches;
  }

  keepPage(page: Page): void {
    this.#pages.set(page.index, page);
  }

  /** Pages that were signed, or fetched. */
  get pages(): Page[] {
    return [...this.#pages.values()];
  }

  async copyPiece(piece: number, hash: Bytes): Promise<boolean> {
    const { file, offset, length } = this.#span(piece);
    const bytes = this.copies.get(file)?.slice(offset, offset + length) ?? new Uint8Array();
    if (!sameBytes(await this.#world.crypto.sha256(bytes), hash)) return false;
    this.#break();
    this.files[file]?.set(bytes, offset);
    this.#held.add(piece);
    return true;
  }

  /** What a later session finds. */
  get remains(): Remains {
    const held = this.#held.toBytes();
    return { signed: this.#signed, pages: this.pages, held };
  }

  keepBlock(piece: number, offset: number, payload: Bytes): void {
    const kept = this.#kept.get(piece) ?? new Uint8Array(this.#span(piece).length);
    kept.set(payload, offset);
    this.#kept.set(piece, kept);
    this.mostKeptPieces = Math.max(this.mostKeptPieces, this.#kept.size + this.#finishing);
  }

  async finishPiece(piece: number, hash: Bytes, isSuspect: boolean): Promise<PieceVerdict> {
    const kept = this.#kept.get(piece);
    if (kept === undefined) throw new Error("no such piece");
    this.#kept.delete(piece);
    this.#finishing++;
    const matches = sameBytes(await this.#world.crypto.sha256(kept), hash);
    const areHashesWanted = isSuspect || !matches;
    const blockHashes = areHashesWanted
      ? await blockHashesOf(kept, (block) => this.#world.crypto.sha256(block))
      : null;
    this.#finishing--;
    if (matches) {
      this.#break();
      if (this.isFull) throw new ShoalError("no-space");
      const span = this.#span(piece);
      this.files[span.file]?.set(kept, span.offset);
      this.#held.add(piece);
    }
    return { matches, blockHashes };
  }

  dropPiece(piece: number): void {
    this.#kept.delete(piece);
  }

  read(block: Block, into: Bytes): Promise<void> {
    return this.#world.track(
      Promise.resolve().then(() => {
        this.#break();
        if (this.damaged.delete(block.piece)) throw new PieceLost(block.piece);
        const span = this.#span(block.piece);
        const start = span.offset + block.offset;
        into.set(this.files[span.file]?.subarray(start, start + block.length) ?? []);
      }),
    );
  }

  async hashPieces(first: number, end: number): Promise<Bytes> {
    await this.hashGate;
    this.#break();
    const hashes = new Uint8Array((end - first) * 32);
    for (let piece = first; piece < end; piece++) {
      const { file, offset, length } = this.#span(piece);
      const bytes = this.files[file]?.slice(offset, offset + length) ?? new Uint8Array();
      hashes.set(await this.#world.crypto.sha256(bytes), (piece - first) * 32);
    }
    return hashes;
  }

  #break(): void {
    const code = this.breaks;
    this.breaks = null;
    if (code !== null) throw new ShoalError(code);
  }

  #span(piece: number): { file: number; offset: number; length: number } {
    const span = this.#manifest?.layout.span(piece);
    if (span === undefined) throw new Error("not opened");
    return span;
  }
}

/** One peer of the world. */
export class Member {
  readonly world: World;
  readonly identity: Identity;
  readonly driver: Driver;
  readonly files: MemoryFiles;
  readonly wires = new Map<number, Wire>();
  isHere = true;
  alarmMs: number | null = null;
  /** DATA frames sent, by receiver. */
  readonly sentTo = new Map<PeerId, number>();
  /** Signals that neighbours passed on. */
  readonly brought: IncomingSignal[] = [];
  /** What peers said for the overlay. */
  readonly overlayHeard: [PeerId, Bytes][] = [];
  #wake: () => void = () => undefined;

  constructor(
    world: World,
    identity: Identity,
    files: MemoryFiles,
    share: Share,
    asDriver: DriverShare,
    openPieceBytes: number,
  ) {
    this.world = world;
    this.identity = identity;
    this.files = files;
    const options = { openPieceBytes, sendBufferBytes: 1024 * 1024 };
    const { rng, crypto } = world;
    const ports = {
      crypto,
      rng,
      clock: {
        nowMs: () => world.nowMs,
        unixMs: () => world.unixMs,
        wakeAt: (timeMs: number | null, wake: () => void) => {
          this.alarmMs = timeMs;
          this.#wake = wake;
        },
      },
      transport: {
        allocate: (sizeBytes: number) => new Uint8Array(sizeBytes).fill(0xaa), // Used before.
        send: (connection: number, frame: Bytes) => this.#send(connection, frame),
        close: (connection: number) => this.cut(connection),
      },
      swarm: {
        announce: () => world.soon(() => world.announce(this)),
        dial: (peer: PeerId) => world.soon(() => world.dial(this, peer)),
        hangUp: () => undefined,
      },
      neighbours: {
        brought: (signal: IncomingSignal) => {
          this.brought.push(signal);
          const from = world.member(signal.from);
          if (from !== null && signal.kind === "offer") world.soon(() => world.connect(from, this));
        },
      },
      overlay: {
        heard: (peer: PeerId, said: Bytes) => {
          this.overlayHeard.push([peer, said]);
        },
      },
      pause: () => Promise.resolve(),
      changed: () => undefined,
    };
    this.driver = new Driver(share.publicKey, share.secrets, identity, asDriver, ports, options);
    world.members.push(this);
  }

  get state(): EngineSnapshot {
    return this.driver.snapshot();
  }

  /** Meets the others through the tracker. */
  join(): void {
    this.driver.handle({ type: "tracker-up" });
  }

  /** Closes the page: channels end, nothing is said. */
  vanish(): void {
    this.isHere = false;
    this.alarmMs = null;
    this.driver.close();
    for (const connection of this.wires.keys()) this.cut(connection);
  }

  ring(nowMs: number): void {
    if (this.alarmMs === null || this.alarmMs > nowMs) return;
    this.alarmMs = null;
    this.#wake();
  }

  cut(connection: number): void {
    const wire = this.wires.get(connection);
    if (!this.wires.delete(connection) || wire === undefined) return;
    this.world.soon(() => {
      wire.to.wires.delete(wire.connection);
      wire.to.driver.handle({ type: "disconnected", connection: wire.connection });
    });
  }

  #send(connection: number, frame: Bytes): number {
    const wire = this.wires.get(connection);
    if (wire === undefined) return 0;
    if (frame[0] === 0x43) {
      const { peer } = wire.to.identity;
      this.sentTo.set(peer, (this.sentTo.get(peer) ?? 0) + 1);
    }
    const tampered = wire.tamper(frame);
    if (tampered === null) return 0;
    this.world.soon(() => {
      if (!wire.to.wires.has(wire.connection)) return;
      wire.to.driver.handle({ type: "frame", connection: wire.connection, frame: tampered });
    });
    return 0;
  }
}

/** A share and the ways to take part in it. */
export class Share {
  readonly world: World;
  readonly publicKey: Bytes;
  readonly secrets: ShareSecrets;
  readonly manifest: Manifest;
  readonly #key: SigningKey;
  readonly #files: readonly Bytes[];

  private constructor(
    world: World,
    key: SigningKey,
    secrets: ShareSecrets,
    files: readonly Bytes[],
    manifest: Manifest,
  ) {
    this.world = world;
    this.publicKey = key.publicKey;
    this.secrets = secrets;
    this.manifest = manifest;
    this.#key = key;
    this.#files = files;
  }

  /** A share of files with these bytes, named `0`, `1`, ... */
  static async of(world: World, ...files: Bytes[]): Promise<Share> {
    const chosen = files.map((file, index) => ({ path: [`${index}`], sizeBytes: file.length }));
    return Share.#make(world, files, makeManifest(chosen));
  }

  /**
   * What the sharer says to catalogues, in Unix time: an entry of this title, or where null a
   * withdrawal. The higher its number, the newer.
   */
  async state(
    sequence: number,
    title: string | null,
    expiresMs = this.world.unixMs + LIMITS.entryLifeMs,
  ): Promise<Signed> {
    const { files, layout } = this.manifest;
    const link = encodeLink({ publicKey: this.publicKey, trackers: [], passwordCheck: null });
    const head = { sequence, expiresMs, link };
    const sizes = { fileCount: files.length, totalBytes: layout.totalBytes };
    const described = { description: "", tags: [], kind: "other" } as const;
    const stated: CatalogueStatement =
      title === null
        ? { ...head, type: "withdrawal" }
        : { ...head, ...sizes, ...described, title, type: "entry" };
    return signStated(this.#key, stated, this.world.crypto);
  }

  /** The same in pieces of another size, so that few bytes make pieces of several blocks. */
  static async inPieces(world: World, pieceBytes: number, ...files: Bytes[]): Promise<Share> {
    const sizes = files.map((file) => file.length);
    const listed = sizes.map((sizeBytes, index) => ({ path: [`${index}`], sizeBytes }));
    return Share.#make(world, files, { files: listed, layout: new Layout(sizes, pieceBytes) });
  }

  static async #make(world: World, files: Bytes[], manifest: Manifest): Promise<Share> {
    const key = await world.crypto.generateSigningKey();
    const secrets = await deriveSecrets(key.publicKey, world.crypto);
    return new Share(world, key, secrets, files, manifest);
  }

  /** The same for whoever has its link and takes something for its password. */
  async withPassword(stretched: Bytes): Promise<Share> {
    const secrets = await deriveSecrets(this.publicKey, this.world.crypto, stretched);
    return new Share(this.world, this.#key, secrets, this.#files, this.manifest);
  }

  /** What a sharer that cheats signs besides, with the same key: other bytes of the same sizes. */
  twin(...files: Bytes[]): Share {
    return new Share(this.world, this.#key, this.secrets, files, this.manifest);
  }

  /** Whoever made it, here for the first time or, with what was signed then, once more. */
  async sharer(
    before: { pages?: Page[]; end?: End | null; keeper?: SignedKeeper } = {},
  ): Promise<Member> {
    const identity = await makeIdentity(this.secrets.swarm, this.world.crypto);
    const source = new MemoryFiles(this.world, [...this.#files], this.manifest);
    const signed = await signManifest(this.#key, this.secrets, encodeManifest(this.manifest));
    const { manifest } = this;
    const own = { source, keeper: source.keeper, key: this.#key, manifest, signed };
    const asDriver = { kind: "sharer", ...own, ...before } as const;
    return new Member(this.world, identity, source, this, asDriver, 0);
  }

  leecher(openPieceBytes: number = 16 * LIMITS.pieceBytesMost): Promise<Member> {
    return this.receiver(new MemoryFiles(this.world, [], null), null, openPieceBytes);
  }

  /** Somebody who was here before, with what that session left. */
  async again({ files: store }: Member): Promise<Member> {
    const restored = await restore(this.publicKey, this.secrets, this.world.crypto, store.remains);
    return this.receiver(store, restored);
  }

  /** Somebody who fetches, with this store and what is known of it. */
  async receiver(
    store: MemoryFiles,
    restored: Restored | null,
    openPieceBytes: number = 16 * LIMITS.pieceBytesMost,
  ): Promise<Member> {
    const identity = await makeIdentity(this.secrets.swarm, this.world.crypto);
    const asDriver = { kind: "receiver", store, restored } as const;
    return new Member(this.world, identity, store, this, asDriver, openPieceBytes);
  }

  /** Whether a member holds every byte as it was shared. */
  isWhole(member: Member): boolean {
    return (
      member.files.files.length === this.#files.length &&
      this.#files.every((file, index) => {
        const copy = member.files.files[index];
        return copy?.length === file.length && file.every((byte, at) => byte === copy[at]);
      })
    );
  }
}
