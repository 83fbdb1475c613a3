/**
 * The manifest as it travels: fetched in parts from one peer at a time, and served. Any peer that
 * said what it holds has it. One that is slow loses its turn to the others.
 */
import type { Bytes } from "../bytes.ts";
import { LIMITS } from "../limits.ts";
import { SIGNATURE_BYTES } from "../share/statement.ts";
import type { Core } from "./core.ts";
import type { Peer } from "./peer.ts";

/** From the first request to the first part: a sharer may be busy with many newcomers. */
const FIRST_PART_MS = 15_000;
/** For each part of 64 KiB: half a megabit per second. */
const PART_MS = 1_000;

type Fetch = {
  readonly connection: number;
  buffer: Bytes | null;
  receivedBytes: number;
  deadlineMs: number;
};

export class ManifestExchange {
  readonly #core: Core;
  #fetch: Fetch | null = null;
  /** All parts are there and the signature is being checked. */
  #isChecking = false;
  /** Connections that were too slow: asked again only when there is no other. */
  readonly #slow = new Set<number>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Asks somebody for the manifest while it isn't known. */
  pump(): void {
    if (this.#core.content !== null || this.#fetch !== null || this.#isChecking) return;
    const able = this.#core.proven().filter((peer) => peer.claim !== null);
    const quick = able.filter((peer) => !this.#slow.has(peer.connection));
    const from = quick.length > 0 ? quick : able;
    const chosen = from[Math.floor(this.#core.rng() * from.length)];
    if (chosen === undefined) return;
    const { connection } = chosen;
    const deadlineMs = this.#core.nowMs + FIRST_PART_MS;
    this.#fetch = { connection, buffer: null, receivedBytes: 0, deadlineMs };
    this.#core.wakeBy(deadlineMs);
    this.#core.send(chosen, { type: "manifest-request", offset: 0 });
  }

  part(peer: Peer, totalBytes: number, offset: number, part: Bytes): void {
    const fetch = this.#fetch;
    if (fetch?.connection !== peer.connection) return; // Late: harmless.
    const expected = fetch.buffer?.length ?? totalBytes;
    const isWrong =
      totalBytes !== expected ||
      totalBytes > LIMITS.manifestBytes + SIGNATURE_BYTES ||
      offset !== fetch.receivedBytes ||
      part.length !== Math.min(LIMITS.manifestPartBytes, totalBytes - offset);
    if (isWrong) return this.#core.drop(peer, "protocolError");
    if (fetch.buffer === null) {
      fetch.buffer = new Uint8Array(totalBytes);
      fetch.deadlineMs += Math.ceil(totalBytes / LIMITS.manifestPartBytes) * PART_MS;
    }
    fetch.buffer.set(part, offset);
    fetch.receivedBytes += part.length;
    if (fetch.receivedBytes < totalBytes) {
      this.#core.send(peer, { type: "manifest-request", offset: fetch.receivedBytes });
      return;
    }
    this.#fetch = null;
    this.#isChecking = true;
    const { connection } = peer;
    this.#core.emit({ type: "check-manifest", connection, signed: fetch.buffer });
  }

  /** Its signature was compared. */
  checked(): void {
    this.#isChecking = false;
  }

  requested(peer: Peer, offset: number): void {
    peer.manifestOffsetAsked = offset;
    this.serve(peer);
  }

  /** Answers what this peer asked for, once its send buffer has room. */
  serve(peer: Peer): void {
    const offset = peer.manifestOffsetAsked;
    const signed = this.#core.content?.signed;
    if (offset === null || signed === undefined) return;
    if (peer.bufferedBytes >= this.#core.config.sendBufferBytes) return;
    peer.manifestOffsetAsked = null;
    const part = signed.slice(offset, offset + LIMITS.manifestPartBytes);
    const totalBytes = signed.length;
    if (part.length === 0) return this.#core.drop(peer, "protocolError");
    this.#core.send(peer, { type: "manifest-part", totalBytes, offset, part });
  }

  /** A connection ended: another peer is asked. */
  dropped(peer: Peer): void {
    this.#slow.delete(peer.connection);
    if (this.#fetch?.connection === peer.connection) this.#fetch = null;
  }

  wake(): void {
    if (this.#fetch === null || this.#fetch.deadlineMs > this.#core.nowMs) return;
    this.#slow.add(this.#fetch.connection);
    this.#fetch = null;
  }

  nextWakeMs(): number {
    return this.#fetch?.deadlineMs ?? Infinity;
  }
}
