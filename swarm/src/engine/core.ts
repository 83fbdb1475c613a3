/** What the parts of the engine share: configuration, the clock's last word, peers, pieces held. */
import type { PeerId } from "../ids.ts";
import type { Manifest } from "../share/manifest.ts";
import { type CloseReason, encodeFrame, type Message } from "../wire/frame.ts";
import { Acquaintances } from "./acquaintances.ts";
import type { Bitfield } from "./bitfield.ts";
import type { ConnectionId, Effect, EngineConfig, EngineStatus } from "./io.ts";
import type { Peer } from "./peer.ts";
import type { Rng } from "./picker.ts";
import { RateMeter } from "./rate.ts";

/** Known once the manifest is. */
export type Content = { readonly manifest: Manifest; readonly had: Bitfield };

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
  #effects: Effect[] = [];

  constructor(config: EngineConfig, rng: Rng) {
    this.config = config;
    this.rng = rng;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  *proven(): Iterable<Peer> {
    for (const peer of this.peers.values()) if (peer.isProven) yield peer;
  }

  /** The frame counts as buffered until the transport's next word on it. */
  send(peer: Peer, message: Message): void {
    const frame = encodeFrame(message);
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
    if (this.connectionTo(peer.id) === null) this.acquaintances.lost(peer.id, this.nowMs);
    this.onDropped(peer);
  }

  connectionTo(id: PeerId): Peer | null {
    for (const peer of this.peers.values()) if (peer.id === id) return peer;
    return null;
  }
}
