/**
 * A second connection between two pages that are connected already: one association of SCTP doesn't
 * make use of a fast path (docs/decisions/0029-two-lanes.md). The two negotiate it over `simple-peer`'s
 * own channel, which the data doesn't use: nobody between them learns of it, and nobody else can be at
 * its other end.
 */
import type { SignalKind } from "@shoal/swarm/tracker/messages";
import type { PeerConnection, PeerConnectionEvents } from "./peer-connection.ts";

/** What the end that may not make the offer says to have one made. */
const WISH = "widen";

export type SecondLanePorts = {
  /** It began the first one, and begins this one: no two offers cross. */
  readonly isInitiator: boolean;
  /** To the other page, over the first connection. */
  readonly say: (text: string) => void;
  readonly make: (
    events: Pick<PeerConnectionEvents, "signal" | "closed">,
  ) => Pick<PeerConnection, "channel" | "apply" | "close">;
  /** To be handed to the worker in this same task. Throws where the browser can't move it. */
  readonly made: (channel: RTCDataChannel) => void;
};

export class SecondLane {
  readonly #ports: SecondLanePorts;
  #connection: ReturnType<SecondLanePorts["make"]> | null = null;
  #isClosed = false;

  constructor(ports: SecondLanePorts) {
    this.#ports = ports;
  }

  /** Opens it, unless that was tried already: where it came to nothing, the first one has to do. */
  open(): void {
    if (this.#ports.isInitiator) this.#make();
    else if (this.#connection === null) this.#ports.say(WISH);
  }

  /** What the other page said over the first connection, whatever that is. */
  heard(text: string): void {
    const { isInitiator } = this.#ports;
    if (isInitiator === (text === WISH)) this.#make();
    if (text !== WISH) this.#connection?.apply(text);
  }

  /** Along with the first one. */
  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  #make(): void {
    if (this.#connection !== null || this.#isClosed) return;
    const { say, make, made } = this.#ports;
    const signal = (_kind: SignalKind, text: string): void => say(text);
    this.#connection = make({ signal, closed: () => undefined });
    try {
      made(this.#connection.channel);
    } catch {
      // Safe: the first one has to do. With the channel alone closed, the other end's would open.
      this.close();
    }
  }
}
