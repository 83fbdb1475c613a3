/** The trackers of a share as one: announces go to all that are up, signals to whichever knows. */
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { Held } from "@shoal/swarm/engine/io";
import type { PeerId } from "@shoal/swarm/ids";
import { type Acquaintance, checkIntroduction, type Identity } from "@shoal/swarm/signal/identity";
import { type MergedAnnounce, mergeAnnounces, TrackerClient } from "@shoal/swarm/tracker/client";
import type { Dials, OutgoingSignal } from "@shoal/swarm/tracker/messages";
import { LIMITS } from "@shoal/swarm/limits";

export type TrackersPort = {
  /** Sends an event over the page's socket; rejects when no acknowledgement comes. */
  request(host: string, event: string, message: unknown): Promise<unknown>;
  /** A socket to a tracker is there, or the last one went away. Told again for a new one. */
  connected(isUp: boolean): void;
  /** Whether any tracker has taken us in: one may be there and refuse. */
  answers(isAnswering: boolean): void;
};

export class Trackers {
  readonly #clients: readonly TrackerClient[];
  readonly #identity: Identity;
  readonly #crypto: CryptoPort;
  readonly #port: TrackersPort;
  /** Peers that trackers named, with keys that they signed. The oldest first. */
  readonly #acquaintances = new Map<PeerId, Acquaintance>();
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
    this.#clients = hosts.map(
      (host) =>
        new TrackerClient(host, identity, {
          request: (event: string, message: unknown) => port.request(host, event, message),
        }),
    );
  }

  async challenged(host: string, challenge: unknown): Promise<void> {
    this.#connected.add(host);
    await this.#client(host)?.challenged(challenge);
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

  /** Null where no tracker answered. */
  async announce(
    held: Held,
    numWant: number,
    dials: Dials | null,
  ): Promise<(MergedAnnounce & { readonly ids: PeerId[] }) | null> {
    const replies = await Promise.all(
      this.#clients.map((client) => client.announce(held, numWant, dials)),
    );
    this.#tellAnswers();
    const merged = mergeAnnounces(replies);
    if (merged === null) return null;
    const { swarm } = this.#identity;
    const known = await Promise.all(
      merged.peers.map((peer) => checkIntroduction(peer, swarm, this.#crypto)),
    );
    const good = known.filter((peer) => peer !== null);
    for (const peer of good) this.#remember(peer);
    return { ...merged, ids: good.map((peer) => peer.peer) };
  }

  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#acquaintances.get(peer) ?? null;
  }

  /** True once some tracker passed it on. */
  async carry(signal: OutgoingSignal): Promise<boolean> {
    for (const client of this.#clients) if (await client.carry(signal)) return true;
    return false;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.leave()));
  }

  #tellAnswers(): void {
    this.#port.answers(this.#clients.some((client) => client.isJoined));
  }

  #client(host: string): TrackerClient | undefined {
    return this.#clients.find((client) => client.host === host);
  }

  #remember(peer: Acquaintance): void {
    this.#acquaintances.delete(peer.peer);
    this.#acquaintances.set(peer.peer, peer);
    if (this.#acquaintances.size <= LIMITS.knownPeers) return;
    const [oldest] = this.#acquaintances.keys();
    if (oldest !== undefined) this.#acquaintances.delete(oldest);
  }
}
