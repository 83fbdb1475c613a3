/**
 * The greeting of a connection: HELLO with key and nonce, PROOF of membership and identity, and
 * nothing else before both are checked.
 */
import type { Bytes } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import type { Message } from "../wire/frame.ts";
import { opposite, proofStatement } from "../wire/handshake.ts";
import type { Core } from "./core.ts";
import type { Input } from "./io.ts";
import { Peer, type Trust } from "./peer.ts";

/** From the open channel to a checked proof. Generous: a phone derives keys slowly. */
const GREETING_MS = 15_000;
/**
 * A peer that has checked my proof says what it holds while I still check its own: a bitfield, and
 * HAVEs as fast as it gets pieces.
 */
const WAITING_FRAMES = 4096;
const WAITING_BYTES = 2 * LIMITS.frameBytes;
/** Two connections made within this time are glare; both ends then keep the same one. */
const GLARE_MS = 5_000;

type Connected = Extract<Input, { type: "connected" }>;
type Checking = Extract<Trust, { step: "checking" }>;

export class Greeting {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** A channel is open. */
  begin(input: Connected): void {
    const core = this.#core;
    const { nowMs, config } = core;
    const of = { ...input, id: input.peer };
    const peer = new Peer(of, nowMs, nowMs + GREETING_MS);
    const twin = core.connectionTo(peer.id);
    core.peers.set(peer.connection, peer);
    core.peersChanged();
    if (core.acquaintances.isBanned(peer.id) || peer.id === config.self) {
      return core.drop(peer, "unproven");
    }
    if (core.status.kind === "left") return core.drop(peer, "leaving");
    if (core.peers.size > core.config.peerCount) return core.drop(peer, "full");
    if (twin !== null) {
      const loser = this.#isKept(peer, twin) ? twin : peer;
      core.drop(loser, "duplicate");
      if (loser === peer) return;
    }
    core.acquaintances.connected(peer.id);
    core.wakeBy(nowMs + GREETING_MS);
    core.send(peer, { type: "hello", peerKey: config.peerKey, nonce: peer.nonce });
  }

  /** Takes a message of an unproven peer. */
  message(peer: Peer, message: Message, frame: Bytes): void {
    const core = this.#core;
    const { trust } = peer;
    if (trust.step === "checking") {
      trust.waitingBytes += frame.length;
      if (trust.waiting.length >= WAITING_FRAMES || trust.waitingBytes > WAITING_BYTES) {
        return core.drop(peer, "timeout"); // No cheat: I am slow.
      }
      trust.waiting.push(frame);
    } else if (message.type === "goodbye") {
      core.drop(peer, "leaving");
    } else if (trust.step === "greeting" && message.type === "hello") {
      const { peerKey, nonce } = message;
      peer.peerKey = peerKey;
      peer.trust = { step: "proving", deadlineMs: trust.deadlineMs, peerKey, nonce };
      const statement = this.#statement(peer, nonce, true);
      core.emit({ type: "make-proof", connection: peer.connection, statement });
    } else if (trust.step === "proving" && message.type === "proof") {
      core.emit({
        type: "check-proof",
        connection: peer.connection,
        peer: peer.id,
        peerKey: trust.peerKey,
        statement: this.#statement(peer, trust.nonce, false),
        mac: message.mac,
        signature: message.signature,
        ownerSignature: message.ownerSignature,
      });
      peer.trust = {
        step: "checking",
        deadlineMs: trust.deadlineMs,
        waiting: [],
        waitingBytes: 0,
        outcome: null,
      };
    } else {
      core.drop(peer, "protocolError");
    }
  }

  /** My own proof went out, perhaps after the other's was checked. Returns as `checked` does. */
  proved(peer: Peer): readonly Bytes[] | null {
    peer.isProofSent = true;
    return peer.trust.step === "checking" ? this.#trust(peer, peer.trust) : null;
  }

  /**
   * Returns the frames that waited for a good proof, or null where it was bad or my own, which the
   * other end takes nothing before, is yet to go out.
   */
  checked(peer: Peer, outcome: "failed" | "member" | "owner"): readonly Bytes[] | null {
    if (peer.trust.step !== "checking") return null;
    if (outcome === "failed") {
      this.#core.drop(peer, "unproven");
      return null;
    }
    peer.trust = { ...peer.trust, outcome };
    return this.#trust(peer, peer.trust);
  }

  #trust(peer: Peer, { waiting, outcome }: Checking): readonly Bytes[] | null {
    if (outcome === null || !peer.isProofSent) return null;
    peer.trust = { step: "proven" };
    this.#core.peersChanged();
    peer.isSharer = outcome === "owner";
    return waiting;
  }

  /** Lets go of peers that don't finish greeting. */
  wake(): void {
    for (const peer of this.#core.peers.values()) {
      if (peer.trust.step !== "proven" && peer.trust.deadlineMs <= this.#core.nowMs) {
        this.#core.drop(peer, "timeout");
      }
    }
  }

  nextWakeMs(): number {
    let next = Infinity;
    for (const { trust } of this.#core.peers.values()) {
      if (trust.step !== "proven") next = Math.min(next, trust.deadlineMs);
    }
    return next;
  }

  #statement(peer: Peer, theirNonce: Bytes, isMine: boolean): Bytes {
    const { self, swarm } = this.#core.config;
    const me = { peer: self, fingerprint: peer.localFingerprint, nonce: peer.nonce };
    const them = { peer: peer.id, fingerprint: peer.remoteFingerprint, nonce: theirNonce };
    return isMine
      ? proofStatement(swarm, peer.role, me, them)
      : proofStatement(swarm, opposite(peer.role), them, me);
  }

  /** Of two connections to one peer: a much newer one replaces a dead one, else the lower id's. */
  #isKept(peer: Peer, twin: Peer): boolean {
    if (peer.connectedAtMs - twin.connectedAtMs > GLARE_MS) return true;
    if (peer.role === twin.role) return true;
    const iAmLower = this.#core.config.self < peer.id;
    return (peer.role === "initiator") === iAmLower;
  }
}
