/** One simulated peer: a real driver whose ports lead into the simulation. */
import { type Bytes, toBase64url } from "../src/bytes.ts";
import { Driver, type DriverShare } from "../src/driver.ts";
import type { ConnectionId, EngineSnapshot, Input } from "../src/engine/io.ts";
import type { PeerId } from "../src/ids.ts";
import type { ShareSecrets } from "../src/share/secrets.ts";
import type { Identity } from "../src/signal/identity.ts";
import type { Role } from "../src/wire/handshake.ts";
import type { CryptoPort } from "../src/crypto.ts";
import type { Content, Copy } from "./content.ts";
import type { FramePool } from "./frame-pool.ts";
import type { Host, Pipe } from "./network.ts";
import type { Timeline } from "./timeline.ts";

/** What a peer finds around it. */
export interface Surroundings {
  readonly timeline: Timeline;
  readonly crypto: CryptoPort;
  readonly content: Content;
  readonly frames: FramePool;
  readonly nowMs: number;
  /** Of everybody, here or not. */
  readonly ids: readonly PeerId[];
  readonly tracker: {
    readonly isUp: boolean;
    announce(from: SimulatedPeer, numWant: number): void;
    gone(peer: SimulatedPeer, isSilent: boolean): void;
  };
  /** To be called after each word to a driver: its answers come before anything else happens. */
  touched(peer: SimulatedPeer): void;
  dial(from: SimulatedPeer, id: PeerId, isWanted: () => boolean): void;
  /** A neighbour passed an offer on. */
  brought(exchange: string): void;
  /** One end closed; the other hears of it when that has come through, or from silence. */
  closed(wire: Wire, isTold: boolean): void;
}

/** One end's view of a connection. */
export type Wire = {
  readonly peer: SimulatedPeer;
  /** The connection's number at the other end. */
  readonly connection: ConnectionId;
  readonly pipe: Pipe;
};

/** What makes a peer other than honest; see `hostile.ts`. */
export type Behaviour = {
  /** Named in reports. */
  readonly name?: string;
  /** What leaves instead of a frame. */
  readonly alters?: (frame: Bytes, peer: SimulatedPeer) => readonly Bytes[];
  /** What the driver gets to see instead of a frame that came. */
  readonly hears?: (frame: Bytes, peer: SimulatedPeer) => readonly Bytes[];
  /** Once it is there. */
  readonly begins?: (peer: SimulatedPeer) => void;
};

/** As large as a sealed one with a few candidates. */
const OFFER = toBase64url(new Uint8Array(1500));

type Keys = {
  readonly publicKey: Bytes;
  readonly secrets: ShareSecrets;
  readonly identity: Identity;
};

export class SimulatedPeer {
  readonly index: number;
  readonly host: Host;
  readonly copy: Copy | null;
  readonly behaviour: Behaviour;
  readonly wires = new Map<ConnectionId, Wire>();
  readonly simulation: Surroundings;
  readonly #keys: Keys;
  readonly #share: () => DriverShare;
  #driver: Driver | null = null;
  #alarmMs: number | null = null;
  /** The earliest ring that is on the timeline. */
  #ringAtMs = Infinity;
  #wake: () => void = () => undefined;
  readonly #dials = new Map<PeerId, symbol>();
  joinedAtMs = 0;
  firstPieceAtMs: number | null = null;
  completedAtMs: number | null = null;
  /** When it last got a block that it wanted, and a piece; or joined. */
  blockAtMs = 0;
  pieceAtMs = 0;

  constructor(
    simulation: Surroundings,
    index: number,
    host: Host,
    keys: Keys,
    copy: Copy | null,
    share: () => DriverShare,
    behaviour: Behaviour,
  ) {
    this.simulation = simulation;
    this.index = index;
    this.host = host;
    this.copy = copy;
    this.behaviour = behaviour;
    this.#keys = keys;
    this.#share = share;
  }

  get id(): PeerId {
    return this.#keys.identity.peer;
  }

  get isHere(): boolean {
    return this.#driver !== null;
  }

  get isHonest(): boolean {
    return this.behaviour.name === undefined;
  }

  get isAnswering(): boolean {
    return this.#driver?.isAnswering ?? false;
  }

  get state(): EngineSnapshot {
    if (this.#driver === null) throw new Error("it isn't here");
    return this.#driver.snapshot();
  }

  /** Opens the page, and downloads at once. */
  join(): void {
    const { simulation } = this;
    const { publicKey, secrets, identity } = this.#keys;
    this.joinedAtMs = simulation.nowMs;
    this.blockAtMs = simulation.nowMs;
    this.pieceAtMs = simulation.nowMs;
    this.#driver = new Driver(publicKey, secrets, identity, this.#share(), {
      crypto: simulation.crypto,
      rng: this.host.chance.next,
      clock: {
        nowMs: () => simulation.nowMs,
        unixMs: () => simulation.nowMs,
        wakeAt: (timeMs, wake) => this.#wakeAt(timeMs, wake),
      },
      transport: {
        allocate: (sizeBytes) => simulation.frames.take(sizeBytes),
        send: (connection, frame) => this.#send(connection, frame),
        close: (connection) => this.#close(connection, true),
      },
      swarm: {
        announce: (_held, numWant) => simulation.tracker.announce(this, numWant),
        dial: (peer) => this.#dial(peer),
        hangUp: (peer) => this.#dials.delete(peer),
      },
      neighbours: { brought: ({ exchange }) => simulation.brought(exchange) },
      overlay: { heard: () => undefined },
      pause: () => Promise.resolve(),
      changed: () => undefined,
    });
    if (this.copy !== null) this.tell({ type: "download" });
    if (simulation.tracker.isUp) this.tell({ type: "tracker-up" });
    this.behaviour.begins?.(this);
  }

  /** The page is killed: nothing is said. */
  vanish(): void {
    this.#end(false);
  }

  /** The page is closed, politely. */
  leave(): void {
    this.tell({ type: "leave" });
    this.#end(true);
  }

  #end(isTold: boolean): void {
    this.#driver?.close();
    this.#driver = null;
    this.#alarmMs = null;
    this.#dials.clear();
    for (const connection of this.wires.keys()) this.#close(connection, isTold);
    this.simulation.tracker.gone(this, !isTold);
  }

  /** Has a neighbour pass an offer on; whether one did. It isn't sealed: the exchange is all of it. */
  async offer(to: PeerId, exchange: string): Promise<boolean> {
    const driver = this.#driver;
    if (driver === null || driver.acquaintance(to) === null) return false;
    const { swarm } = this.#keys.secrets;
    return driver.carry({ swarm, to, kind: "offer", exchange, body: OFFER });
  }

  /** Hands its driver an input. */
  tell(input: Input): void {
    this.#driver?.handle(input);
    this.simulation.touched(this);
  }

  connected(
    connection: ConnectionId,
    wire: Wire,
    role: Role,
    localFingerprint: string,
    remoteFingerprint: string,
  ): void {
    this.wires.set(connection, wire);
    this.#dials.delete(wire.peer.id);
    this.#driver?.connected(connection, wire.peer.id, role, localFingerprint, remoteFingerprint);
    this.simulation.touched(this);
  }

  received(connection: ConnectionId, frame: Bytes): void {
    if (!this.wires.has(connection)) return;
    for (const heard of this.behaviour.hears?.(frame, this) ?? [frame]) {
      this.tell({ type: "frame", connection, frame: heard });
    }
  }

  disconnected(connection: ConnectionId): void {
    const wire = this.wires.get(connection);
    if (wire === undefined) return;
    this.wires.delete(connection);
    wire.pipe.close();
    this.tell({ type: "disconnected", connection });
  }

  /** Its store was given a block. */
  came(): void {
    this.blockAtMs = this.simulation.nowMs;
  }

  /** Its store took a piece. */
  verified(): void {
    const { nowMs } = this.simulation;
    this.pieceAtMs = nowMs;
    this.firstPieceAtMs ??= nowMs;
    if (this.copy?.isWhole === true) this.completedAtMs ??= nowMs;
  }

  /** Puts a frame on a connection, past its driver. */
  inject(connection: ConnectionId, frame: Bytes): void {
    this.wires.get(connection)?.pipe.send(frame);
  }

  #send(connection: ConnectionId, frame: Bytes): number {
    const wire = this.wires.get(connection);
    if (wire === undefined) return 0;
    let bufferedBytes = wire.pipe.bufferedBytes;
    for (const sent of this.behaviour.alters?.(frame, this) ?? [frame]) {
      bufferedBytes = wire.pipe.send(sent);
    }
    return bufferedBytes;
  }

  #close(connection: ConnectionId, isTold: boolean): void {
    const wire = this.wires.get(connection);
    if (wire === undefined) return;
    this.wires.delete(connection);
    if (wire.peer.wires.has(wire.connection)) this.simulation.closed(wire, isTold);
  }

  #dial(peer: PeerId): void {
    const mine = Symbol("dial");
    this.#dials.set(peer, mine);
    this.simulation.dial(this, peer, () => this.#dials.get(peer) === mine);
  }

  #wakeAt(timeMs: number | null, wake: () => void): void {
    this.#wake = wake;
    this.#alarmMs = timeMs;
    if (timeMs !== null) this.#ringBy(timeMs);
  }

  #ringBy(timeMs: number): void {
    if (timeMs >= this.#ringAtMs) return;
    this.#ringAtMs = timeMs;
    this.simulation.timeline.at(timeMs, () => this.#ring(timeMs));
  }

  /** An alarm that was put off rings early, and is set again. */
  #ring(timeMs: number): void {
    if (timeMs !== this.#ringAtMs) return;
    this.#ringAtMs = Infinity;
    if (this.#alarmMs === null) return;
    if (this.#alarmMs > this.simulation.nowMs) return this.#ringBy(this.#alarmMs);
    this.#alarmMs = null;
    this.#wake();
    this.simulation.touched(this);
  }
}
