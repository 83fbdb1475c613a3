/**
 * A peer's side of one tracker: proves its identity on each new socket, announces, carries signals.
 * The socket itself is a port; it reconnects on its own and says so.
 */
import { type Bytes, fromBase64url } from "../bytes.ts";
import type { Held } from "../engine/io.ts";
import { LIMITS } from "../limits.ts";
import { type Identity, makeJoin } from "../signal/identity.ts";
import type { IceServer } from "./ice.ts";
import {
  type Announce,
  type AnnounceReply,
  decodeAnnounceReply,
  decodeChallenge,
  decodeReply,
  type Dials,
  type Introduction,
  type Join,
  type Leave,
  type OutgoingSignal,
} from "./messages.ts";

/** Sends an event and resolves with its acknowledgement; rejects when there is none. */
export interface TrackerPort {
  request(event: "join", message: Join): Promise<unknown>;
  request(event: "announce", message: Announce): Promise<unknown>;
  request(event: "signal", message: OutgoingSignal): Promise<unknown>;
  request(event: "leave", message: Leave): Promise<unknown>;
}

export class TrackerClient {
  /** Host and port that the socket dialled: what the join proof names. */
  readonly host: string;
  readonly #identity: Identity;
  readonly #port: TrackerPort;
  /** Rises with each challenge, so that a late answer to an older one is dropped. */
  #round = 0;
  #isJoined = false;
  #isSilent = false;
  /** This socket's, which its joins sign. */
  #challenge: Bytes | null = null;

  constructor(host: string, identity: Identity, port: TrackerPort) {
    this.host = host;
    this.#identity = identity;
    this.#port = port;
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** It left the last request without an answer. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** A new socket brought its challenge. True once joined, false where the tracker refused. */
  async challenged(value: unknown): Promise<boolean> {
    this.#round++;
    this.#isJoined = false;
    const challenge = decodeChallenge(value);
    this.#challenge = challenge && fromBase64url(challenge.challenge);
    return this.#join();
  }

  disconnected(): void {
    this.#round++;
    this.#isJoined = false;
    this.#challenge = null;
  }

  async #join(): Promise<boolean> {
    const round = this.#round;
    if (this.#challenge === null) return false;
    const join = await makeJoin(this.#identity, this.host, this.#challenge);
    const reply = decodeReply(await this.#request(() => this.#port.request("join", join)));
    if (round !== this.#round) return false;
    this.#isJoined = reply.ok;
    return reply.ok;
  }

  /** Joins again where this peer had left. `dials`: since the last announce, null where none. */
  async announce(held: Held, numWant: number, dials: Dials | null): Promise<AnnounceReply> {
    if (!this.#isJoined && !(await this.#join())) return { ok: false, error: "unproven" };
    const announce = { swarm: this.#identity.swarm, held, numWant, ...(dials && { dials }) };
    const reply = decodeAnnounceReply(
      await this.#request(() => this.#port.request("announce", announce)),
    );
    // It forgets who slept too long: the next announce joins anew.
    if (!reply.ok && reply.error === "unproven") this.#isJoined = false;
    return reply;
  }

  /** True where the tracker passed it on. */
  async carry(signal: OutgoingSignal): Promise<boolean> {
    if (!this.#isJoined) return false;
    return decodeReply(await this.#request(() => this.#port.request("signal", signal))).ok;
  }

  async leave(): Promise<void> {
    if (this.#challenge === null) return;
    this.#round++; // A join that is still under way no longer counts.
    this.#isJoined = false;
    await this.#request(() => this.#port.request("leave", { swarm: this.#identity.swarm }));
  }

  /** Null where no acknowledgement came: decoders take it for a refusal. */
  async #request(ask: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await ask();
      this.#isSilent = false;
      return answer;
    } catch {
      this.#isSilent = true;
      return null; // Safe: the socket is down or slow, which `disconnected` tells on its own.
    }
  }
}

/** Answers of several trackers as one. */
export type MergedAnnounce = {
  readonly peers: readonly Introduction[];
  readonly swarmPeerCount: number;
  readonly intervalMs: number;
  readonly iceServers: readonly IceServer[];
};

/** Null where none answered. Counts overlap between trackers: the largest stands. */
export function mergeAnnounces(replies: readonly AnnounceReply[]): MergedAnnounce | null {
  const good = replies.filter((reply) => reply.ok);
  if (good.length === 0) return null;
  // By everything in it: a tracker that spoils an introduction doesn't hide another's good one.
  const named = (peer: Introduction) => [Object.values(peer).join(), peer] as const;
  const peers = new Map(good.flatMap((reply) => reply.peers).map(named));
  const iceServers = new Map(
    good.flatMap((reply) => reply.iceServers).map((server) => [server.urls.join(), server]),
  );
  return {
    peers: [...peers.values()],
    swarmPeerCount: Math.max(...good.map((reply) => reply.seeders + reply.leechers)),
    intervalMs: Math.min(...good.map((reply) => reply.intervalMs)),
    iceServers: [...iceServers.values()].slice(0, LIMITS.iceServers),
  };
}
