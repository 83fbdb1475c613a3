/** What the parts of the engine share: configuration, the clock's last word, peers, pieces held. */
import type { Bytes } from "../bytes.ts";
import type { PeerId } from "../ids.ts";
import type { Manifest } from "../share/manifest.ts";
import { type CloseReason, encodeFrame, type Message } from "../wire/frame.ts";
import { Acquaintances } from "./acquaintances.ts";
import type { Bitfield } from "./bitfield.ts";
import type { ConnectionId, Effect, EngineConfig, EngineStatus } from "./io.ts";
import type { Peer } from "./peer.ts";
import type { Rng } from "./rarity.ts";
import { RateMeter } from "./rate.ts";

/** Known once the manifest is. `signed` is the manifest as it travels, its signature in front. */
export type Content = {
  readonly manifest: Manifest;
  readonly signed: Bytes;
  readonly had: Bitfield;
};

export class Core {
  readonly config: EngineConfig;
  readonly rng: Rng;
  readonly peers = new Map<ConnectionId, Peer>();
  readonly acquaintances = new Acquaintances();
  readonly download = new RateMeter();
  readonly upload = new RateMeter();
  nowMs = 0;
  status: EngineStatus = { kind: "running" };
  content: Content | null = null;
  /** Called for each connection that is let go of. */
  onDropped: (peer: Peer) => void = () => undefined;
  /** When to be woken at the latest. Too early does no harm; every wake sets it anew. */
  wakeAtMs = Infinity;
  #proven: readonly Peer[] | null = null;
  #effects: Effect[] = [];

  constructor(config: EngineConfig, rng: Rng) {
    this.config = config;
    this.rng = rng;
  }

  /** Something has to be looked at by then. */
  wakeBy(timeMs: number): void {
    this.wakeAtMs = Math.min(this.wakeAtMs, timeMs);
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Peers that greeted. The array stays as it is: who comes or goes shows in the next one. */
  proven(): readonly Peer[] {
    this.#proven ??= [...this.peers.values()].filter((peer) => peer.isProven);
    return this.#proven;
  }

  /** A peer came, went, or proved itself. */
  peersChanged(): void {
    this.#proven = null;
  }

  send(peer: Peer, message: Message): void {
    this.sendFrame(peer, encodeFrame(message));
  }

  /** The frame counts as buffered until the transport's next word on it. */
  sendFrame(peer: Peer, frame: Bytes): void {
    peer.bufferedBytes += frame.length;
    this.emit({ type: "send", connection: peer.connection, frame });
  }

  /** Says why, closes, and forgets the connection. A peer that cheated is banned. */
  drop(peer: Peer, reason: CloseReason): void {
    if (this.peers.get(peer.connection) !== peer) return;
    this.send(peer, { type: "goodbye", reason });
    this.emit({ type: "close", connection: peer.connection });
    if (reason === "badData" || reason === "unproven" || reason === "protocolError") {
      this.acquaintances.ban(peer.id);
    } else if (reason === "version" || reason === "leaving") {
      this.acquaintances.left(peer.id);
    }
    this.forget(peer);
  }

  /** The connection is gone; its peer may be dialled again. */
  forget(peer: Peer): void {
    if (!this.peers.delete(peer.connection)) return;
    this.peersChanged();
    if (this.connectionTo(peer.id) === null) this.acquaintances.lost(peer.id, this.nowMs);
    this.onDropped(peer);
  }

  connectionTo(id: PeerId): Peer | null {
    for (const peer of this.peers.values()) if (peer.id === id) return peer;
    return null;
  }
}
