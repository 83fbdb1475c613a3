/**
 * A swarm of real engines with their real drivers, exchanging real frames over a modelled network
 * on a virtual clock. A peer knows nothing but what messages told it. Everything follows from the
 * seed: the same seed gives the same trace.
 */
import { type Bytes, toBase64url } from "../src/bytes.ts";
import type { CryptoPort, SigningKey } from "../src/crypto.ts";
import { signManifest } from "../src/driver.ts";
import type { PeerId } from "../src/ids.ts";
import { encodeManifest } from "../src/share/manifest.ts";
import { deriveSecrets, type ShareSecrets } from "../src/share/secrets.ts";
import { makeIdentity } from "../src/signal/identity.ts";
import { type Content, Copy } from "./content.ts";
import { simulatedCrypto } from "./crypto.ts";
import { FramePool } from "./frame-pool.ts";
import { Host, type HostOptions, Pipe, roundTripMsOf } from "./network.ts";
import { Chance } from "./random.ts";
import { type Behaviour, SimulatedPeer, type Surroundings, type Wire } from "./peer.ts";
import { Timeline } from "./timeline.ts";
import { Tracker } from "./tracker.ts";

/** What comes before an open channel: ICE and DTLS over the pair's own path, in round trips. */
const CONNECT_ROUND_TRIPS = 3;
/** ICE gives up after so long. */
const CONNECT_TIMEOUT_MS = 15_000;
/** A browser notices that the other end is gone. */
const SILENCE_MS = 10_000;

export class Simulation implements Surroundings {
  readonly seed: number;
  readonly timeline = new Timeline();
  readonly chance: Chance;
  readonly content: Content;
  readonly crypto: CryptoPort;
  readonly frames = new FramePool();
  readonly tracker: Tracker;
  readonly peers: SimulatedPeer[] = [];
  readonly #key: SigningKey;
  readonly #secrets: ShareSecrets;
  readonly #touched: SimulatedPeer[] = [];
  #nextConnection = 1;
  /** Mixes every delivery: two runs of one seed end with the same number. */
  #trace = 0;

  private constructor(
    seed: number,
    chance: Chance,
    content: Content,
    crypto: CryptoPort,
    key: SigningKey,
    secrets: ShareSecrets,
  ) {
    this.seed = seed;
    this.chance = chance;
    this.content = content;
    this.crypto = crypto;
    this.#key = key;
    this.#secrets = secrets;
    this.tracker = new Tracker(this.timeline, chance.fork());
  }

  /** `makeContent` draws what is shared. */
  static async begin(seed: number, makeContent: (chance: Chance) => Content): Promise<Simulation> {
    const chance = new Chance(seed);
    const crypto = simulatedCrypto(chance.fork());
    const key = await crypto.generateSigningKey();
    const secrets = await deriveSecrets(key.publicKey, crypto);
    return new Simulation(seed, chance, makeContent(chance.fork()), crypto, key, secrets);
  }

  get nowMs(): number {
    return this.timeline.nowMs;
  }

  get ids(): readonly PeerId[] {
    return this.peers.map((peer) => peer.id);
  }

  get trace(): number {
    return this.#trace >>> 0;
  }

  /** A peer that isn't there yet: `join` brings it. */
  async sharer(host: HostOptions): Promise<SimulatedPeer> {
    const { manifest } = this.content;
    const signed = await signManifest(this.#key, this.#secrets, encodeManifest(manifest));
    const share = {
      kind: "sharer",
      source: this.content,
      key: this.#key,
      manifest,
      signed,
    } as const;
    return this.#add(host, null, () => share, {});
  }

  async leecher(host: HostOptions, behaviour: Behaviour = {}): Promise<SimulatedPeer> {
    const copy = new Copy(
      this.content,
      () => peer.came(),
      () => peer.verified(),
    );
    const peer = await this.#add(host, copy, () => ({ kind: "receiver", store: copy }), behaviour);
    return peer;
  }

  async #add(
    host: HostOptions,
    copy: Copy | null,
    share: ConstructorParameters<typeof SimulatedPeer>[5],
    behaviour: Behaviour,
  ): Promise<SimulatedPeer> {
    const identity = await makeIdentity(this.#secrets.swarm, this.crypto);
    const at = new Host(this.timeline, host, this.chance.fork());
    const keys = { publicKey: this.#key.publicKey, secrets: this.#secrets, identity };
    const peer = new SimulatedPeer(this, this.peers.length, at, keys, copy, share, behaviour);
    this.peers.push(peer);
    return peer;
  }

  touched(peer: SimulatedPeer): void {
    if (peer.isAnswering) this.#touched.push(peer);
  }

  /**
   * Runs until the condition holds, and returns true; false at `endMs` of virtual time, or where
   * nothing is left to happen.
   */
  async run(endMs: number, holds: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      if (holds()) return true;
      if (this.timeline.nextAtMs > endMs) {
        this.timeline.skipTo(endMs);
        return false;
      }
      this.timeline.next()?.();
      if (this.#offers.size > 0) await Promise.resolve(); // Neighbours' answers.
      if (this.#touched.length > 0) await this.#settle();
    }
  }

  async #settle(): Promise<void> {
    for (let peer = this.#touched.pop(); peer !== undefined; peer = this.#touched.pop()) {
      while (peer.isAnswering) await Promise.resolve();
    }
  }

  /** Offers that neighbours are to pass on, by exchange. */
  readonly #offers = new Map<string, () => void>();

  /** A peer dials another: over the tracker's relay or a neighbour, then over their own path. */
  dial(from: SimulatedPeer, id: PeerId, isWanted: () => boolean): void {
    const to = this.tracker.relay(id);
    const failed = (): void => {
      if (isWanted()) from.tell({ type: "dial-failed", peer: id });
    };
    if (to === null) return this.#dialByNeighbour(from, id, isWanted, failed);
    if (!to.isHere || !this.isReachable(from, to)) {
      return this.timeline.in(CONNECT_TIMEOUT_MS, failed);
    }
    this.#connectIn(2 * this.tracker.roundTripMs, from, to, isWanted, failed);
  }

  #dialByNeighbour(
    from: SimulatedPeer,
    id: PeerId,
    isWanted: () => boolean,
    failed: () => void,
  ): void {
    const exchange = toBase64url(from.host.chance.bytes(16));
    const to = this.peers.find((peer) => peer.id === id);
    if (to === undefined) return this.timeline.in(this.tracker.roundTripMs, failed);
    this.#offers.set(exchange, () =>
      // The answer's way back is about as long as the offer's.
      this.#connectIn(roundTripMsOf(from.host, to.host), from, to, isWanted, failed),
    );
    void from.offer(id, exchange).then((isPassedOn) => {
      if (isPassedOn || !this.#offers.delete(exchange)) return;
      this.timeline.in(this.tracker.roundTripMs, failed);
    });
  }

  brought(exchange: string): void {
    const connect = this.#offers.get(exchange);
    this.#offers.delete(exchange);
    connect?.();
  }

  /** Once signals have passed: over the two's own path. */
  #connectIn(
    signalsMs: number,
    from: SimulatedPeer,
    to: SimulatedPeer,
    isWanted: () => boolean,
    failed: () => void,
  ): void {
    const connectMs = CONNECT_ROUND_TRIPS * roundTripMsOf(from.host, to.host);
    this.timeline.in(signalsMs + connectMs, () => {
      if (!from.isHere || !isWanted()) return;
      if (!to.isHere || !this.isReachable(from, to)) return failed();
      this.connect(from, to);
    });
  }

  /** An open channel between two. */
  connect(a: SimulatedPeer, b: SimulatedPeer): void {
    const [atA, atB] = [this.#nextConnection++, this.#nextConnection++];
    const [toB, toA] = [this.#pipe(a, b, atB, atA), this.#pipe(b, a, atA, atB)];
    a.connected(atA, { peer: b, connection: atB, pipe: toB }, "initiator", `A:${atA}`, `B:${atB}`);
    b.connected(atB, { peer: a, connection: atA, pipe: toA }, "responder", `B:${atB}`, `A:${atA}`);
  }

  #pipe(from: SimulatedPeer, to: SimulatedPeer, there: number, here: number): Pipe {
    return new Pipe(this.timeline, from.host, to.host, {
      delivered: (frame) => {
        this.#mix(there, frame);
        this.onDelivered(from, to, frame);
        to.received(there, frame);
        // Who cheats may send a frame twice.
        if (from.isHonest && to.isHonest) this.frames.give(frame);
      },
      drained: (bufferedBytes) =>
        from.tell({ type: "buffered", levels: new Map([[here, bufferedBytes]]) }),
    });
  }

  closed(wire: Wire, isTold: boolean): void {
    const atMs = isTold ? wire.pipe.hasten() : this.nowMs + SILENCE_MS;
    this.timeline.at(atMs, () => {
      wire.pipe.close();
      wire.peer.disconnected(wire.connection);
    });
  }

  /** Groups between which nothing passes; null: everybody reaches everybody. */
  #groups: ReadonlyMap<SimulatedPeer, number> | null = null;

  /** Cuts the network, until `heal`. Who came later is in group 0. */
  partition(groups: ReadonlyMap<SimulatedPeer, number>): void {
    this.#groups = groups;
    for (const peer of this.peers) {
      for (const [connection, wire] of peer.wires) {
        if (this.isReachable(peer, wire.peer)) continue;
        wire.pipe.stall();
        this.timeline.in(SILENCE_MS, () => {
          if (peer.wires.get(connection) === wire && !this.isReachable(peer, wire.peer)) {
            peer.disconnected(connection);
          }
        });
      }
    }
  }

  heal(): void {
    this.#groups = null;
    for (const peer of this.peers) for (const wire of peer.wires.values()) wire.pipe.mend();
  }

  isReachable(a: SimulatedPeer, b: SimulatedPeer): boolean {
    return this.#groups === null || (this.#groups.get(a) ?? 0) === (this.#groups.get(b) ?? 0);
  }

  /** Called with every frame that comes through, for who watches. */
  onDelivered: (from: SimulatedPeer, to: SimulatedPeer, frame: Bytes) => void = () => undefined;

  #mix(connection: number, frame: Bytes): void {
    const word = Math.imul(this.#trace ^ connection, 0x01000193) ^ Math.round(this.nowMs * 1000);
    this.#trace = Math.imul(word ^ frame.length ^ ((frame[0] ?? 0) << 24), 0x85ebca6b);
  }
}
