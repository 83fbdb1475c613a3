/**
 * One peer's conversation with the tracker, from its socket's first event to its end. Whatever comes
 * in is decoded before anything looks at it, and every event has exactly one answer.
 *
 * Events take effect in the order in which they came: a join needs signature checks, which take a
 * while, and what follows it waits. So a peer may announce without waiting for its join's answer,
 * and two joins at once cannot overtake each other.
 */
import { toBase64url } from "@shoal/swarm/bytes";
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { PeerId } from "@shoal/swarm/ids";
import {
  type Announce,
  type AnnounceReply,
  type Challenge,
  type Dials,
  decodeAnnounce,
  decodeJoin,
  decodeLeave,
  decodeOutgoingSignal,
  type IncomingSignal,
  type Join,
  type Leave,
  type OutgoingSignal,
  type Refusal,
  type Reply,
} from "@shoal/swarm/tracker/messages";
import type { Exchanges } from "./exchanges.ts";
import type { IceServers } from "./ice.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { EventName } from "./metrics.ts";
import { type Dialogue, provenPeer } from "./proof.ts";
import type { Share } from "./sources.ts";
import type { ConnectionId, Place } from "./store/store.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Tracker } from "./tracker.ts";

/** What a session stands on. */
export type SessionPorts = {
  readonly tracker: Tracker;
  readonly exchanges: Exchanges;
  readonly iceServers: IceServers;
  readonly crypto: CryptoPort;
  /** A clock that never runs backwards. */
  readonly nowMs: () => number;
  /** Hands a signal to a peer at its place, once; false where it isn't there any more. */
  readonly deliver: (at: Place, to: PeerId, signal: IncomingSignal) => Promise<boolean>;
  /** Told of each answer, and how long after the event. */
  readonly answered: (event: EventName, outcome: "ok" | Refusal, tookMs: number) => void;
  /** Told how a peer says that its dials ended. */
  readonly dialled: (dials: Dials) => void;
  /** Called with what a handler threw: a defect of ours, whatever a peer sent. */
  readonly onDefect: (defect: unknown) => void;
};

/** What an event is answered with. */
export type Answer = Reply | AnnounceReply;

type Request =
  | { readonly event: "join"; readonly body: Join }
  | { readonly event: "announce"; readonly body: Announce }
  | { readonly event: "leave"; readonly body: Leave }
  | { readonly event: "signal"; readonly body: OutgoingSignal };

const refuse = (error: Refusal): Answer => ({ ok: false, error });

export class Session {
  readonly #connection: ConnectionId;
  readonly #dialogue: Dialogue;
  readonly #ports: SessionPorts;
  /** What it has of its source's, and of all. */
  readonly #share: Pick<Share, "source" | "take">;
  readonly #events: TokenBucket;
  readonly #joins: TokenBucket;
  /** Settles when the last of the events that had to wait has been dealt with. */
  #lastTurn: Promise<unknown> = Promise.resolve();
  #waitingCount = 0;
  #open = true;

  /** `trackerHost` is the host and port that the peer dialled. Draws the challenge. */
  constructor(
    connection: ConnectionId,
    trackerHost: string,
    share: Pick<Share, "source" | "take">,
    ports: SessionPorts,
  ) {
    this.#share = share;
    this.#connection = connection;
    this.#dialogue = { trackerHost, challenge: ports.crypto.randomBytes(32) };
    this.#ports = ports;
    const { eventsBurst, eventsPerSec, joinsBurst, joinsPerSec } = SERVER_LIMITS;
    this.#events = new TokenBucket(eventsBurst, eventsPerSec, ports.nowMs());
    this.#joins = new TokenBucket(joinsBurst, joinsPerSec, ports.nowMs());
  }

  /** What the peer is greeted with: its proofs must sign it. */
  get challenge(): Challenge {
    return { version: 1, challenge: toBase64url(this.#dialogue.challenge) };
  }

  /** Answers one event of a stranger: any name, any argument. Never rejects. */
  async receive(event: unknown, argument: unknown): Promise<Answer> {
    const { nowMs, answered } = this.#ports;
    const cameMs = nowMs();
    const answer = await this.#answer(event, argument, cameMs);
    answered(nameOf(event), answer.ok ? "ok" : answer.error, nowMs() - cameMs);
    return answer;
  }

  async #answer(event: unknown, argument: unknown, nowMs: number): Promise<Answer> {
    try {
      if (!this.#events.take(nowMs) || !this.#share.take("events", nowMs)) return refuse("busy");
      const request = decodeRequest(event, argument);
      if (request === null) return refuse("malformed");
      if (request.event === "join" && !this.#mayJoin(nowMs)) return refuse("busy");
      if (request.event === "join" || this.#waitingCount > 0) return await this.#inTurn(request);
      return await this.#perform(request);
    } catch (defect) {
      this.#ports.onDefect(defect); // Safe: one event failed; the tracker's state is whole.
      return refuse("busy");
    }
  }

  /** The socket has ended: its peers are gone at once, also those still being checked. */
  close(): void {
    this.#open = false;
    this.#ports.tracker.drop(this.#connection).catch(this.#ports.onDefect);
  }

  #mayJoin(nowMs: number): boolean {
    return this.#joins.take(nowMs) && this.#share.take("joins", nowMs);
  }

  async #inTurn(request: Request): Promise<Answer> {
    if (this.#waitingCount >= SERVER_LIMITS.waitingEvents) return refuse("busy");
    this.#waitingCount += 1;
    const turn = this.#lastTurn.then(() => this.#perform(request));
    this.#lastTurn = turn.catch(() => undefined); // Safe: this turn's own caller is told.
    try {
      return await turn;
    } finally {
      this.#waitingCount -= 1;
    }
  }

  async #perform(request: Request): Promise<Answer> {
    if (!this.#open) return refuse("unproven");
    switch (request.event) {
      case "join":
        return this.#join(request.body);
      case "announce":
        return this.#announce(request.body);
      case "leave":
        await this.#ports.tracker.leave(this.#connection, request.body.swarm);
        return { ok: true };
      case "signal":
        return this.#signal(request.body);
    }
  }

  async #join(join: Join): Promise<Answer> {
    const { tracker, crypto } = this.#ports;
    const peer = await provenPeer(join, this.#dialogue, crypto);
    if (peer === null || !this.#open) return refuse("unproven"); // It may have ended meanwhile.
    const { peerKey, agreementKey, agreementSignature, swarm } = join;
    const introduction = { peerKey, agreementKey, agreementSignature };
    const { source } = this.#share;
    const outcome = await tracker.join(this.#connection, swarm, peer, { introduction, source });
    return outcome === "joined" ? { ok: true } : refuse(outcome);
  }

  async #announce(announce: Announce): Promise<Answer> {
    const company = await this.#ports.tracker.announce(this.#connection, announce);
    if (company === null) return refuse("unproven");
    if (announce.dials) this.#ports.dialled(announce.dials);
    const iceServers = this.#ports.iceServers.for(this.#share.source);
    return { ok: true, ...company, intervalMs: SERVER_LIMITS.announceIntervalMs, iceServers };
  }

  async #signal(signal: OutgoingSignal): Promise<Answer> {
    const { tracker, exchanges, deliver, nowMs } = this.#ports;
    const { to, swarm, kind, exchange, body } = signal;
    const route = await tracker.route(this.#connection, swarm, to);
    if (typeof route === "string") return refuse(route);
    const passing = { swarm, from: route.from, to, kind, exchange };
    if (!exchanges.pass(passing, nowMs())) return refuse("unmatched");
    const incoming = { swarm, kind, exchange, body, from: route.from };
    const delivered = await deliver(route.place, to, incoming);
    return delivered ? { ok: true } : refuse("unreachable");
  }
}

function nameOf(event: unknown): EventName {
  const known = event === "join" || event === "announce" || event === "leave" || event === "signal";
  return known ? event : "other";
}

/** Null for an event that doesn't exist or whose argument isn't what it should be. */
function decodeRequest(event: unknown, argument: unknown): Request | null {
  switch (event) {
    case "join":
      return request(event, decodeJoin(argument));
    case "announce":
      return request(event, decodeAnnounce(argument));
    case "leave":
      return request(event, decodeLeave(argument));
    case "signal":
      return request(event, decodeOutgoingSignal(argument));
    default:
      return null;
  }
}

const request = <Event, Body>(event: Event, body: Body | null) => (body ? { event, body } : null);
