/** A socket to one tracker: reconnects with jitter, passes events on, decides nothing. */
import { decodeStopping, TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { io, type Socket } from "socket.io-client";

export type TrackerSocketEvents = {
  readonly challenge: (challenge: unknown) => void;
  readonly signal: (signal: unknown) => void;
  /** It is down, or couldn't be reached; it is tried again by itself. */
  readonly down: () => void;
};

const ACKNOWLEDGE_MS = 8_000;

export class TrackerSocket {
  readonly #socket: Socket;
  #comeBack: ReturnType<typeof setTimeout> | undefined;

  /** `host` with a port where needed. The page's own is reached as the page was. */
  constructor(host: string, events: TrackerSocketEvents) {
    const isOwn = host === location.host;
    const scheme = isOwn && location.protocol === "http:" ? "ws" : "wss";
    this.#socket = io(`${scheme}://${host}`, {
      path: TRACKER_PATH,
      transports: ["websocket"],
      // With the factor, 4.5 s at most: a server that is back has everybody back within five.
      reconnectionDelay: 500,
      reconnectionDelayMax: 3000,
      randomizationFactor: 0.5,
    });
    this.#socket.on("challenge", events.challenge);
    this.#socket.on("signal", events.signal);
    // It stops, and everybody who came back at once would be turned away by who takes its place.
    this.#socket.on("stopping", (value: unknown) => {
      const stopping = decodeStopping(value);
      if (stopping === null) return;
      this.#socket.disconnect();
      this.#comeBack = setTimeout(() => this.#socket.connect(), stopping.afterMs);
    });
    this.#socket.on("disconnect", (reason) => {
      events.down();
      // The server's own wish is not followed by a reconnection unless asked for.
      if (reason === "io server disconnect") this.#socket.connect();
    });
    this.#socket.on("connect_error", events.down);
  }

  /** Rejects when no acknowledgement comes. */
  request(event: string, message: unknown): Promise<unknown> {
    return this.#socket.timeout(ACKNOWLEDGE_MS).emitWithAck(event, message);
  }

  /** The network is back: don't wait for the next try. */
  hurry(): void {
    clearTimeout(this.#comeBack);
    // While it waits for its next try, `connect` alone does nothing.
    if (!this.#socket.connected) this.#socket.disconnect().connect();
  }

  close(): void {
    clearTimeout(this.#comeBack);
    this.#socket.close();
  }
}
