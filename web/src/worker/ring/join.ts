/**
 * A share's part in the ring: its client, and the browser's place itself while no other tab holds it.
 * Fetched where it is wanted, which is after the share has begun.
 */
import type { CryptoPort } from "@shoal/swarm/crypto";
import { meetingOf } from "@shoal/swarm/overlay/contact";
import { isGoodRecord } from "@shoal/swarm/overlay/word-record";
import type { ShareSecrets } from "@shoal/swarm/share/secrets";
import type { Identity } from "@shoal/swarm/signal/identity";
import { clientPipe, hostPipe, RING_LOCK, type RingDegree } from "../../protocol/ring.ts";
import { type ConnectionMessage, takeConnectionMessage } from "../connection-messages.ts";
import { RingClient, type RingClientPorts } from "./ring-client.ts";
import { RingHost, type RingHostPorts } from "./ring-host.ts";
import { unixClock } from "./unix-clock.ts";

export type RingPartPorts = Pick<RingHostPorts, "page"> &
  Omit<RingClientPorts, "crypto" | "unixMs" | "pipe">;

export class RingPart {
  readonly client: RingClient;
  readonly #leaving = new AbortController();
  #host: RingHost | null = null;
  /** Lets go of the lock. */
  #letGo: () => void = () => undefined;

  private constructor(client: RingClient) {
    this.client = client;
  }

  static async begin(
    secrets: ShareSecrets,
    identity: Identity,
    crypto: CryptoPort,
    degree: RingDegree,
    ports: RingPartPorts,
  ): Promise<RingPart> {
    const unixMs = unixClock(
      () => Date.now(),
      () => performance.now(),
    );
    const meeting = await meetingOf(secrets, crypto);
    const common = { crypto, unixMs };
    const client = new RingClient(meeting, identity, { ...ports, ...common, pipe: clientPipe() });
    const part = new RingPart(client);
    void part.#holdPlace(degree, {
      ...common,
      page: ports.page,
      pipe: hostPipe(),
      random: Math.random,
      isGoodRecord: (record) => isGoodRecord(record, crypto),
    });
    return part;
  }

  /** The page's word on a connection of the ring's. */
  take(message: ConnectionMessage): void {
    const host = this.#host;
    if (host === null) return;
    takeConnectionMessage(message, host.connections, ({ connection, text }) =>
      host.local(connection, text),
    );
  }

  leave(): void {
    this.#leaving.abort();
    this.client.close();
    this.#host?.close();
    this.#letGo();
  }

  /** Waits until no other tab holds the browser's place, and holds it until this one leaves. */
  async #holdPlace(degree: RingDegree, ports: RingHostPorts): Promise<void> {
    const { signal } = this.#leaving;
    try {
      await navigator.locks.request(RING_LOCK, { signal }, async () => {
        if (signal.aborted) return;
        this.#host = await RingHost.open(degree, ports);
        if (signal.aborted) return this.#host.close();
        await new Promise<void>((resolve) => {
          this.#letGo = resolve;
        });
      });
    } catch {
      // Safe: this share has left, or the browser has no locks for who blocks site data: no ring then.
      ports.pipe.close();
    }
  }
}
