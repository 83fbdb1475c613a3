/**
 * The page's half of a share's connections, which only a page can have: made when the worker says so,
 * their channels moved into it. Fetched beside what shows first, since it brings `simple-peer` along.
 */
import type { IceServer } from "@shoal/swarm/tracker/ice";
import type { FromWorker, ToWorker } from "../protocol/messages.ts";
import { Forwarding } from "./forwarding.ts";
import { PeerConnection, type PeerConnectionEvents } from "./peer-connection.ts";
import { SecondLane } from "./second-lane.ts";

type Post = (message: ToWorker, transfer?: Transferable[]) => void;

/** What the worker says of one connection. */
export type ConnectionOrder = Extract<FromWorker, { connection: number }>;

/** How others may be reached from now on. */
export type Reach = {
  readonly iceServers: readonly IceServer[];
  /** Through a relay alone, and they are to learn no address from here. */
  readonly isAddressHidden: boolean;
};

/** A connection, and the one that may come beside it. */
type Lanes = { readonly first: PeerConnection; readonly second: SecondLane };

export class PageConnections {
  readonly #post: Post;
  readonly #connections = new Map<number, Lanes>();
  readonly #forwarded = new Map<number, Forwarding>();

  constructor(post: Post) {
    this.#post = post;
  }

  take(order: ConnectionOrder, reach: Reach): void {
    const { connection } = order;
    switch (order.type) {
      case "connect":
        return this.#connect(order, reach);
      case "apply-signal":
        return this.#connections.get(connection)?.first.apply(order.text);
      case "widen":
        return this.#connections.get(connection)?.second.open();
      case "disconnect":
        return this.#close(connection);
      case "forward":
        return this.#forwarded.get(connection)?.send(order.frame);
    }
  }

  /** Tells the other ends within milliseconds. */
  closeAll(): void {
    for (const connection of this.#connections.keys()) this.#close(connection);
  }

  #close(connection: number): void {
    const lanes = this.#connections.get(connection);
    this.#connections.delete(connection);
    lanes?.second.close();
    lanes?.first.close();
  }

  #connect(
    { connection, isInitiator, isWhole }: Extract<ConnectionOrder, { type: "connect" }>,
    { iceServers, isAddressHidden }: Reach,
  ): void {
    const make = (isOneSignal: boolean, events: PeerConnectionEvents): PeerConnection =>
      new PeerConnection(isInitiator, iceServers, isAddressHidden, isOneSignal, events);
    const first = make(isWhole === true, {
      signal: (kind, text) => this.#post({ type: "connection-signal", connection, kind, text }),
      stable: (localFingerprint, remoteFingerprint) =>
        this.#post({ type: "connection-stable", connection, localFingerprint, remoteFingerprint }),
      reached: (isRelayed) => this.#post({ type: "connection-way", connection, isRelayed }),
      heard: (text) => second.heard(text),
      closed: () => {
        second.close();
        this.#connections.delete(connection);
        this.#post({ type: "connection-closed", connection });
      },
    });
    const ignore = (): void => undefined;
    const second = new SecondLane({
      isInitiator,
      say: (text) => first.say(text),
      make: (events) => make(false, { ...events, stable: ignore, reached: ignore, heard: ignore }),
      made: (channel) => this.#post({ type: "lane", connection, channel }, [channel]),
    });
    this.#connections.set(connection, { first, second });
    const { channel } = first;
    try {
      this.#post({ type: "channel", connection, channel }, [channel]);
    } catch {
      // Safe: a browser that can't move it leaves the channel as it was; its frames are forwarded.
      this.#forwardAll(connection, channel);
    }
  }

  #forwardAll(connection: number, channel: RTCDataChannel): void {
    const forwarding = new Forwarding(channel, {
      opened: () => this.#post({ type: "forwarded-open", connection }),
      frame: (frame) => this.#post({ type: "forwarded-frame", connection, frame }, [frame]),
      delivered: (deliveredBytes) =>
        this.#post({ type: "forwarded-delivered", connection, deliveredBytes }),
      closed: () => {
        this.#forwarded.delete(connection);
        this.#post({ type: "connection-closed", connection });
      },
    });
    this.#forwarded.set(connection, forwarding);
    this.#post({ type: "channel", connection, channel: null });
  }
}
