/** The trackers of a share as one: announces go to all that are up, signals to whichever knows. */
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { Held } from "@shoal/swarm/engine/io";
import type { PeerId } from "@shoal/swarm/ids";
import { type Acquaintance, checkIntroduction, type Identity } from "@shoal/swarm/signal/identity";
import { type MergedAnnounce, mergeAnnounces, TrackerClient } from "@shoal/swarm/tracker/client";
import type {
  AnnounceReply,
  Dials,
  Introduction,
  OutgoingSignal,
} from "@shoal/swarm/tracker/messages";
import { noteLatest } from "@shoal/swarm/latest";
import { LIMITS } from "@shoal/swarm/limits";
import type { Carrier } from "./carriers.ts";

export type TrackersPort = {
  /** Sends an event over the page's socket; rejects when no acknowledgement comes. */
  request(host: string, event: string, message: unknown): Promise<unknown>;
  /** A socket to a tracker is there, or the last one went away. Told again for a new one. */
  connected(isUp: boolean): void;
  /** This one has taken us in. Told again for a new socket. */
  joined(host: string): void;
  /** Whether any tracker has taken us in: one may be there and refuse. */
  answers(isAnswering: boolean): void;
};

/** What trackers have answered to an announce so far. */
export type Company = Omit<MergedAnnounce, "peers"> & {
  /** Peers with keys that they signed. */
  readonly ids: readonly PeerId[];
};

type Acquainted = { readonly acquaintance: Acquaintance; readonly namedBy: TrackerClient };

export class Trackers implements Carrier {
  readonly name = "tracker";
  readonly #clients: TrackerClient[] = [];
  readonly #identity: Identity;
  readonly #crypto: CryptoPort;
  readonly #port: TrackersPort;
  /** Peers that trackers named, with keys that they signed. The oldest first. */
  readonly #acquaintances = new Map<PeerId, Acquainted>();
  readonly #connected = new Set<string>();

  constructor(
    hosts: readonly string[],
    identity: Identity,
    crypto: CryptoPort,
    port: TrackersPort,
  ) {
    this.#identity = identity;
    this.#crypto = crypto;
    this.#port = port;
    this.add(hosts);
  }

  /** Takes part at these as well, once their sockets are there. */
  add(hosts: readonly string[]): void {
    for (const host of hosts) {
      if (this.#client(host) !== undefined) continue;
      const request = (event: string, message: unknown): Promise<unknown> =>
        this.#port.request(host, event, message);
      this.#clients.push(new TrackerClient(host, this.#identity, { request }));
    }
  }

  async challenged(host: string, challenge: unknown): Promise<void> {
    this.#connected.add(host);
    const isJoined = await this.#client(host)?.challenged(challenge);
    if (isJoined === true) this.#port.joined(host);
    if (!this.#connected.has(host)) return; // It went down meanwhile.
    this.#tellAnswers();
    // Also where it refused: announces try to join again, at their own pace.
    this.#port.connected(true);
  }

  disconnected(host: string): void {
    this.#client(host)?.disconnected();
    this.#connected.delete(host);
    this.#tellAnswers();
    if (this.#connected.size === 0) this.#port.connected(false);
  }

  /**
   * Announces to all at once. `answered` is called when the first has taken it, and again with what
   * each further one adds: one that hangs holds nobody up. False, in the end, where none took it.
   */
  async announce(
    held: Held,
    numWant: number,
    dials: Dials | null,
    answered: (company: Company) => void,
  ): Promise<boolean> {
    const replies: AnnounceReply[] = [];
    const ids = new Set<PeerId>();
    await Promise.all(
      this.#clients.map(async (client) => {
        const reply = await client.announce(held, numWant, dials);
        this.#tellAnswers();
        if (!reply.ok) return;
        for (const peer of await this.#checked(reply.peers)) {
          this.#remember(peer, client);
          ids.add(peer.peer);
        }
        replies.push(reply);
        const merged = mergeAnnounces(replies);
        if (merged !== null) answered({ ...merged, ids: [...ids] });
      }),
    );
    return replies.length > 0;
  }

  /** Null also where no tracker would carry a signal to it. */
  acquaintance(peer: PeerId): Acquaintance | null {
    if (!this.isAnswering) return null;
    return this.#acquaintances.get(peer)?.acquaintance ?? null;
  }

  /** True once some tracker passed it on: who named the receiver is asked first, who is silent last. */
  async carry(signal: OutgoingSignal): Promise<boolean> {
    const namedBy = this.#acquaintances.get(signal.to)?.namedBy;
    const rank = (client: TrackerClient): number =>
      Number(client.isSilent) * 2 + Number(client !== namedBy);
    const inOrder = this.#clients.toSorted((one, other) => rank(one) - rank(other));
    for (const client of inOrder) if (await client.carry(signal)) return true;
    return false;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.leave()));
  }

  /** Whether any has taken us in. */
  get isAnswering(): boolean {
    return this.#clients.some((client) => client.isJoined);
  }

  #tellAnswers(): void {
    this.#port.answers(this.isAnswering);
  }

  #client(host: string): TrackerClient | undefined {
    return this.#clients.find((client) => client.host === host);
  }

  async #checked(peers: readonly Introduction[]): Promise<Acquaintance[]> {
    const { swarm } = this.#identity;
    const known = await Promise.all(
      peers.map((peer) => checkIntroduction(peer, swarm, this.#crypto)),
    );
    return known.filter((peer) => peer !== null);
  }

  #remember(acquaintance: Acquaintance, namedBy: TrackerClient): void {
    const named = { acquaintance, namedBy };
    noteLatest(this.#acquaintances, acquaintance.peer, named, LIMITS.knownPeers);
  }
}
