/** What the page says of connections, handed to whoever they belong to. */
import type { ToWorker } from "../protocol/messages.ts";
import type { Connections } from "./connections.ts";

export type ConnectionMessage = Extract<ToWorker, { connection: number }>;

/** @param local Takes a signal that a connection at this end made. */
export function takeConnectionMessage<Id>(
  message: ConnectionMessage,
  connections: Connections<Id>,
  local: (signal: Extract<ConnectionMessage, { type: "connection-signal" }>) => void,
): void {
  const { connection } = message;
  switch (message.type) {
    case "channel":
      return connections.attach(connection, message.channel);
    case "lane":
      return connections.attachLane(connection, message.channel);
    case "connection-signal":
      return local(message);
    case "connection-stable":
      return connections.stable(connection, {
        local: message.localFingerprint,
        remote: message.remoteFingerprint,
      });
    case "connection-way":
      return connections.went(connection, message.isRelayed);
    case "connection-closed":
      return connections.closed(connection);
    case "forwarded-open":
      return connections.forwarded(connection)?.events.opened();
    case "forwarded-frame":
      return connections.forwarded(connection)?.events.frame(new Uint8Array(message.frame));
    case "forwarded-delivered":
      return connections.forwarded(connection)?.delivered(message.deliveredBytes);
  }
}
