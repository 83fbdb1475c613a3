/** What server processes say to each other: each message to one of them, and answered. */
import type { PeerId, SwarmId } from "@shoal/swarm/ids";
import type { IncomingSignal } from "@shoal/swarm/tracker/messages";
import type { ConnectionId, ProcessId } from "../store/store.ts";

export type BusMessage =
  /** A signal for this peer, on this connection of the receiver. */
  | {
      readonly type: "signal";
      readonly connection: ConnectionId;
      readonly to: PeerId;
      readonly signal: IncomingSignal;
    }
  /** A peer of the receiver's has proven its id elsewhere. */
  | {
      readonly type: "taken";
      readonly connection: ConnectionId;
      /** When it had proven it here. */
      readonly joinedMs: number;
      readonly swarm: SwarmId;
      readonly peer: PeerId;
    };

/** Whether what the message asks for could be done. */
export type Hear = (message: BusMessage) => boolean;

/** `contract.test.ts` holds for every implementation. Messages to one process come in order. */
export interface Bus {
  /**
   * Brings a message to a process. False, soon, where there is no such process, where it doesn't
   * answer, or where it couldn't do what it was asked.
   */
  send(to: ProcessId, message: BusMessage): Promise<boolean>;
  close(): void;
}
