/**
 * What the share's key says to catalogues, passed on from peer to peer, so that whoever has the files
 * can bring it to a catalogue when the sharer is away. The newest alone counts; a peer is told of it
 * unless it is known to have that one, or a newer one.
 */
import type { Bytes } from "../bytes.ts";
import { claimedSequence, type Signed } from "../catalogue/entry.ts";
import { Allowance } from "./allowance.ts";
import type { Core } from "./core.ts";
import type { Input } from "./io.ts";
import type { Peer } from "./peer.ts";

/** How many new ones a peer may bring: as many as a sharer who can't decide makes. Both a guess. */
const BURST = 20;
const EVERY_MS = 5_000;

export class CatalogueExchange {
  readonly #core: Core;
  #newest: Signed | null = null;
  /** It is told until then. */
  #untilMs = -Infinity;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Also after it has expired: what is older stays refused. */
  get newest(): Signed | null {
    return this.#newest;
  }

  /** It is the share's key's. `leftMs`: for how long it holds yet; 0: it doesn't. */
  learn(signed: Signed, leftMs: number): void {
    if (signed.stated.sequence <= this.#newestSequence) return;
    this.#newest = signed;
    this.#untilMs = this.#core.nowMs + leftMs;
    for (const peer of this.#core.proven()) this.greeted(peer);
  }

  /** Tells a peer that has proved itself, and nobody else. */
  greeted(peer: Peer): void {
    if (this.#newest === null || this.#core.nowMs >= this.#untilMs) return;
    if (peer.statedSequence >= this.#newestSequence) return;
    peer.statedSequence = this.#newestSequence;
    this.#core.send(peer, { type: "catalogue", statement: this.#newest.bytes });
  }

  /** What isn't newer isn't even checked; of those that come while one is checked the newest is next. */
  received(peer: Peer, statement: Bytes): void {
    const sequence = claimedSequence(statement);
    // Should it be forged, its sender is let go of.
    peer.statedSequence = Math.max(peer.statedSequence, sequence);
    if (sequence <= this.#newestSequence) return;
    peer.statements ??= new Allowance(BURST, EVERY_MS);
    if (!peer.statements.take(this.#core.nowMs)) return;
    if (!peer.isStatementChecking) return this.#check(peer, statement);
    const { nextStatement: next } = peer;
    if (next === null || claimedSequence(next) < sequence) peer.nextStatement = statement;
  }

  /** Its signature was compared. */
  checked({ connection, signed, leftMs }: Extract<Input, { type: "catalogue-checked" }>): void {
    if (signed !== null) this.learn(signed, leftMs);
    const peer = this.#core.peers.get(connection);
    if (peer === undefined) return;
    if (signed === null) return this.#core.drop(peer, "badData");
    const { nextStatement: next } = peer;
    peer.isStatementChecking = false;
    peer.nextStatement = null;
    if (next !== null && claimedSequence(next) > this.#newestSequence) this.#check(peer, next);
  }

  #check(peer: Peer, statement: Bytes): void {
    peer.isStatementChecking = true;
    this.#core.emit({ type: "check-catalogue", connection: peer.connection, statement });
  }

  get #newestSequence(): number {
    return this.#newest?.stated.sequence ?? -1;
  }
}
