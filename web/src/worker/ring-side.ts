/**
 * The share's side of the ring, whether it takes part or not: its code is fetched when it does, and left
 * out where that doesn't work.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import type { Signed } from "@shoal/swarm/catalogue/entry";
import type { Driver } from "@shoal/swarm/driver";
import type { PeerId } from "@shoal/swarm/ids";
import { noteLatest } from "@shoal/swarm/latest";
import { LIMITS } from "@shoal/swarm/limits";
import type { ShareSecrets } from "@shoal/swarm/share/secrets";
import type { Acquaintance, Identity } from "@shoal/swarm/signal/identity";
import type { IncomingSignal, OutgoingSignal } from "@shoal/swarm/tracker/messages";
import { webCrypto } from "@shoal/swarm/webcrypto";
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import type { RingDegree } from "../protocol/ring.ts";
import type { Carrier } from "./carriers.ts";
import type { ConnectionMessage } from "./connection-messages.ts";
import { isHello } from "./ring/hello.ts";
import type { RingPart } from "./ring/join.ts";

/** Nobody is in a hurry: the share's own first seconds come before. */
const JOIN_MS = 4_000;
/** It waits longer where the share moves much, since new connections take what that needs; so long at most. */
const JOIN_AT_LAST_MS = 60_000;
/** How often it looks whether that is over. */
const LOOK_MS = 1_000;

export type RingSidePorts = {
  /** Once there is one. */
  readonly driver: () => Driver;
  readonly post: (message: FromWorker, transfer?: Transferable[]) => void;
  readonly received: (signal: IncomingSignal) => void;
  readonly isLonely: () => boolean;
  readonly isHere: () => boolean;
  /** Much of the share is on its way to or from this browser. */
  readonly isBusy: () => boolean;
};

export class RingSide implements Carrier {
  readonly name = "ring";
  readonly #secrets: ShareSecrets;
  readonly #identity: Identity;
  readonly #ports: RingSidePorts;
  #part: RingPart | null = null;
  /** The latest of each neighbour. It says it once, and that may be before this side joins. */
  readonly #hellos = new Map<PeerId, Bytes>();
  #published: Signed | null = null;
  #joining: ReturnType<typeof setTimeout> | undefined;
  /** One change after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(secrets: ShareSecrets, identity: Identity, ports: RingSidePorts) {
    this.#secrets = secrets;
    this.#identity = identity;
    this.#ports = ports;
  }

  /** Joins soon, or leaves at once. */
  set({ isOn, degree }: Extract<ToWorker, { type: "ring" }>): void {
    clearTimeout(this.#joining);
    if (isOn) this.#joinIn(JOIN_MS, JOIN_AT_LAST_MS, degree);
    else this.#change(() => this.#leave());
  }

  /** @param atLastMs After which it joins whatever the share does. */
  #joinIn(waitMs: number, atLastMs: number, degree: RingDegree): void {
    this.#joining = setTimeout(() => {
      const leftMs = atLastMs - waitMs;
      if (leftMs > 0 && this.#ports.isBusy()) this.#joinIn(LOOK_MS, leftMs, degree);
      else this.#change(() => this.#join(degree));
    }, waitMs);
  }

  #change(act: () => Promise<void> | void): void {
    // Safe: without it the share does as it did before there was a ring.
    this.#changes = this.#changes.then(act).catch(() => undefined);
  }

  /** The ring's connections count down, the swarm's count up. */
  owns(connection: number): boolean {
    return connection < 0;
  }

  /** The page's word on a connection of the ring's. */
  take(message: ConnectionMessage): void {
    this.#part?.take(message);
  }

  /** A neighbour said something for this browser's place in the ring. */
  heard(peer: PeerId, content: Bytes): void {
    if (isHello(content)) noteLatest(this.#hellos, peer, content, LIMITS.peers);
    this.#part?.client.heard(peer, content);
  }

  /** What the share's key said to catalogues, for those who have all of it. */
  publish(signed: Signed): void {
    this.#published = signed;
    this.#part?.client.publish(signed);
  }

  acquaintance(peer: PeerId): Acquaintance | null {
    return this.#part?.client.acquaintance(peer) ?? null;
  }

  async carry(signal: OutgoingSignal): Promise<boolean> {
    return (await this.#part?.client.carry(signal)) ?? false;
  }

  async #join(degree: RingDegree): Promise<void> {
    if (this.#part !== null) return;
    const { driver, post, ...ports } = this.#ports;
    const { RingPart } = await import("./ring/join.ts");
    const part = await RingPart.begin(this.#secrets, this.#identity, webCrypto(), degree, {
      page: {
        connect: (connection, isInitiator) => post({ type: "connect", connection, isInitiator }),
        apply: (connection, text) => post({ type: "apply-signal", connection, text }),
        hangUp: (connection) => post({ type: "disconnect", connection }),
        forward: (connection, frame) => post({ type: "forward", connection, frame }, [frame]),
      },
      met: (peers) => driver().handle({ type: "introduced", peers }),
      ...ports,
      hello: (content) => driver().handle({ type: "overlay-hello", content }),
      say: (peer, content) => driver().handle({ type: "overlay-say", peer, content }),
      changed: (view) => post({ type: "ring", view }),
    });
    if (this.#published !== null) part.client.publish(this.#published);
    this.#part = part;
    for (const [peer, content] of this.#hellos) part.client.heard(peer, content);
  }

  #leave(): void {
    this.#part?.leave();
    this.#part = null;
  }
}
