/**
 * The worker's side of connections: a channel is handed to the engine once it is open and its
 * fingerprints are known, whichever comes last.
 */
import type { PeerId } from "@shoal/swarm/ids";
import { LIMITS } from "@shoal/swarm/limits";
import type { Dials } from "@shoal/swarm/tracker/messages";
import type { Role } from "@shoal/swarm/wire/handshake";
import { type ChannelEvents, ForwardedChannel, movedChannel } from "./channel.ts";
import { Lanes, Pace } from "./lanes.ts";

type Fingerprints = { readonly local: string; readonly remote: string };

type Connection<Id> = {
  /** Null while a person is yet to bring word of who is at the other end. */
  peer: Id | null;
  readonly role: Role;
  readonly lanes: Lanes;
  readonly pace: Pace;
  /** A second lane: wanted, or made, whether it is open or not. */
  second: "none" | "wanted" | "made";
  isOpen: boolean;
  fingerprints: Fingerprints | null;
  /** The engine knows it. */
  isHandedOver: boolean;
  /** Through a TURN server; null until the page has found out. */
  isRelayed: boolean | null;
  /** Frames that came before the engine could take them. */
  early: Uint8Array<ArrayBuffer>[];
};

/** A connection that isn't open by then never will be: who made its offer has long given up. */
const OPEN_MS = 30_000;
/** One whose signals people carry: time to find each other, and to send a code and one back. A guess. */
export const INVITE_MS = 15 * 60_000;

const NO_DIALS: Dials = { direct: 0, relayed: 0, failed: 0 };

/** A peer sends its HELLO and no more before it has mine. */
const EARLY_FRAMES = 8;

/** How many frames are kept to be used again, and from which size on: that of small pieces. */
const SPARE_FRAMES = 8;
const SPARE_BYTES = LIMITS.pieceBytesLeast;

export type ConnectionsPort<Id> = {
  connected(connection: number, peer: Id, role: Role, prints: Fingerprints): void;
  frame(connection: number, frame: Uint8Array<ArrayBuffer>): void;
  drained(connection: number, bufferedBytes: number): void;
  disconnected(connection: number): void;
  /** The dial came to nothing before the engine knew the connection. */
  dialFailed(peer: Id, connection: number): void;
  /** Make the page let go. */
  hangUp(connection: number): void;
  /** So much comes over it that a second channel to the same page would help. */
  widen(connection: number): void;
  /** It has one. */
  widened(connection: number): void;
  forward(connection: number, frame: ArrayBuffer): void;
};

/** `Id` is whom they lead to: peers of a swarm, or of the ring. */
export class Connections<Id = PeerId> {
  readonly #port: ConnectionsPort<Id>;
  readonly #open = new Map<number, Connection<Id>>();
  /** Frames to be filled again, which is quicker than to have fresh memory cleared. */
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** Of this side's, since they were told last. */
  #dials = NO_DIALS;

  constructor(port: ConnectionsPort<Id>) {
    this.#port = port;
  }

  /** `openMs`: by when it has to be open. */
  begin(connection: number, peer: Id | null, role: Role, openMs = OPEN_MS): void {
    setTimeout(() => {
      if (this.#open.get(connection)?.isHandedOver === false) this.closed(connection);
    }, openMs);
    this.#open.set(connection, {
      peer,
      role,
      lanes: new Lanes(),
      pace: new Pace(),
      second: "none",
      isOpen: false,
      fingerprints: null,
      isHandedOver: false,
      isRelayed: null,
      early: [],
    });
  }

  /** It is known now who is at the other end. */
  name(connection: number, peer: Id): void {
    const known = this.#open.get(connection);
    if (known === undefined) return;
    known.peer = peer;
    this.#handOver(connection, known);
  }

  /** Takes the channel that the page made; null where it forwards. Synchronous on purpose. */
  attach(connection: number, channel: RTCDataChannel | null): void {
    const known = this.#open.get(connection);
    if (known === undefined) return channel?.close();
    const events: ChannelEvents = {
      opened: () => {
        known.isOpen = true;
        this.#handOver(connection, known);
      },
      frame: (frame) => this.#frame(connection, known, frame),
      drained: (bufferedBytes) =>
        this.#port.drained(connection, known.lanes.drained("first", bufferedBytes)),
      closed: () => this.closed(connection),
    };
    known.lanes.first =
      channel === null
        ? new ForwardedChannel(
            events,
            (frame) => this.#port.forward(connection, frame),
            () => this.#port.hangUp(connection),
          )
        : movedChannel(channel, events);
  }

  /**
   * Takes the channel of a second connection to the same page. It ends the first when it ends: of what
   * was on its way nobody knows how much came.
   */
  attachLane(connection: number, channel: RTCDataChannel): void {
    const known = this.#open.get(connection);
    if (known === undefined) return channel.close();
    // No page of ours wants one so early, or another: what went over it would be lost.
    if (!known.isHandedOver || known.second === "made") {
      channel.close();
      return this.closed(connection);
    }
    known.second = "made";
    const lane = movedChannel(channel, {
      opened: () => {
        known.lanes.widen(lane);
        this.#port.widened(connection);
      },
      frame: (frame) => this.#frame(connection, known, frame),
      drained: (bufferedBytes) =>
        this.#port.drained(connection, known.lanes.drained("second", bufferedBytes)),
      closed: () => {
        if (known.lanes.isWide) this.closed(connection);
      },
    });
  }

  /** The forwarded channel's counterpart at the page spoke. */
  forwarded(connection: number): ForwardedChannel | null {
    const channel = this.#open.get(connection)?.lanes.first;
    return channel instanceof ForwardedChannel ? channel : null;
  }

  stable(connection: number, fingerprints: Fingerprints): void {
    const known = this.#open.get(connection);
    if (known === undefined) return;
    known.fingerprints = fingerprints;
    this.#handOver(connection, known);
  }

  /** The page found out which way the two ends reach each other. */
  went(connection: number, isRelayed: boolean): void {
    const known = this.#open.get(connection);
    if (known === undefined) return;
    known.isRelayed = isRelayed;
    // Of a connection that the other end began, the other end tells.
    if (known.role === "initiator") this.#count(isRelayed ? "relayed" : "direct");
  }

  /** Whether a peer is reached through a TURN server; null while that isn't known. */
  isRelayed(of: Id): boolean | null {
    for (const { peer, isRelayed } of this.#open.values()) {
      if (peer === of && isRelayed !== null) return isRelayed;
    }
    return null;
  }

  /** How this side's dials ended since the last call; null where none did. */
  takeDials(): Dials | null {
    const dials = this.#dials;
    this.#dials = NO_DIALS;
    return dials === NO_DIALS ? null : dials;
  }

  /** Memory for a frame, whatever is in it. */
  allocate(sizeBytes: number): Uint8Array<ArrayBuffer> {
    const spare = this.#spare.pop();
    return spare?.length === sizeBytes ? spare : new Uint8Array(sizeBytes);
  }

  send(connection: number, frame: Uint8Array<ArrayBuffer>): number {
    const bufferedBytes = this.#open.get(connection)?.lanes.send(frame) ?? 0;
    // A channel of this worker copied it; one of the page's took it over, which empties it.
    if (frame.length >= SPARE_BYTES && this.#spare.length < SPARE_FRAMES) this.#spare.push(frame);
    return bufferedBytes;
  }

  /** All that aren't gone, whether they are open yet or not. */
  all(): number[] {
    return [...this.#open.keys()];
  }

  /** Ends a connection from this side; what was sent before still goes out. */
  close(connection: number): void {
    const known = this.#open.get(connection);
    if (known === undefined) return;
    this.#open.delete(connection);
    known.lanes.close();
    this.#port.hangUp(connection);
  }

  /** It ended: by its channel or by its connection, whichever tells first. */
  closed(connection: number): void {
    const known = this.#open.get(connection);
    if (known === undefined) return;
    this.#open.delete(connection);
    this.#port.hangUp(connection);
    if (known.isHandedOver) this.#port.disconnected(connection);
    else if (known.role === "initiator" && known.peer !== null) {
      this.#count("failed");
      this.#port.dialFailed(known.peer, connection);
    }
  }

  #count(end: keyof Dials): void {
    const count = Math.min(this.#dials[end] + 1, LIMITS.dials);
    this.#dials = { ...this.#dials, [end]: count };
  }

  #frame(connection: number, known: Connection<Id>, frame: Uint8Array<ArrayBuffer>): void {
    if (!known.isHandedOver) {
      if (known.early.length < EARLY_FRAMES) known.early.push(frame);
      else this.closed(connection);
      return;
    }
    const { length } = frame;
    this.#port.frame(connection, frame);
    // Through a relay it would be a relay's second one.
    if (known.second !== "none" || known.isRelayed !== false) return;
    if (!known.pace.came(length, performance.now())) return;
    known.second = "wanted";
    this.#port.widen(connection);
  }

  #handOver(connection: number, known: Connection<Id>): void {
    const { peer, role, isOpen, fingerprints } = known;
    if (!isOpen || peer === null || fingerprints === null || known.isHandedOver) return;
    known.isHandedOver = true;
    this.#port.connected(connection, peer, role, fingerprints);
    for (const frame of known.early.splice(0)) this.#port.frame(connection, frame);
  }
}
