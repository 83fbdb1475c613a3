/** A server in the middle: all that passes through it is recorded, and may be changed. */
import { createServer, request } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

/** Which way a message goes. */
export type Direction = "to-server" | "to-peer";

/** Returns the messages to pass on instead: none, one or several. */
export type Change = (message: string, direction: Direction) => readonly string[];

export interface Middle {
  readonly url: string;
  /** Every address, header and body of HTTP, and every message of the sockets. */
  readonly recorded: readonly string[];
  /** What becomes of messages from now on. */
  change: Change;
  stop(): Promise<void>;
}

/**
 * Stands in front of a server that pages then take for the real one.
 *
 * @param source The address from which all that passes through comes, as a proxy says it.
 */
export async function startMiddle(serverUrl: string, source?: string): Promise<Middle> {
  const from = source === undefined ? {} : { "x-forwarded-for": source };
  const recorded: string[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const http = createServer((incoming, outgoing) => {
    passOn(serverUrl, from, incoming, outgoing, recorded);
  });
  http.on("upgrade", (incoming, socket, head) => {
    recorded.push(`${incoming.url} ${JSON.stringify(incoming.headers)}`);
    sockets.handleUpgrade(incoming, socket, head, (peer) => join(peer, incoming));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, "127.0.0.1", resolve);
  });

  const middle = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    recorded,
    change: ((message) => [message]) as Change,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const peer of sockets.clients) peer.terminate();
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };

  /** Both halves of one socket; what comes before the other half is open waits. */
  function join(peer: WebSocket, incoming: IncomingMessage): void {
    const { host = "", origin = "" } = incoming.headers;
    const address = `${serverUrl.replace("http", "ws")}${incoming.url}`;
    const server = new WebSocket(address, { headers: { host, origin, ...from } });
    const waiting: string[] = [];
    peer.on("message", (data) => {
      const message = textOf(data);
      recorded.push(message);
      for (const changed of middle.change(message, "to-server")) {
        if (server.readyState === WebSocket.OPEN) server.send(changed);
        else waiting.push(changed);
      }
    });
    server.on("open", () => {
      for (const message of waiting.splice(0)) server.send(message);
    });
    server.on("message", (data) => {
      const message = textOf(data);
      recorded.push(message);
      for (const changed of middle.change(message, "to-peer")) peer.send(changed);
    });
    peer.on("close", () => server.close());
    server.on("close", () => peer.close());
    // An end that breaks closes, which the other end is told of.
    peer.on("error", () => server.terminate());
    server.on("error", () => peer.terminate());
  }

  return middle;
}

function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.from(data as ArrayBuffer).toString();
}

function passOn(
  serverUrl: string,
  from: Readonly<Record<string, string>>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  recorded: string[],
): void {
  recorded.push(`${incoming.method} ${incoming.url} ${JSON.stringify(incoming.headers)}`);
  const { method } = incoming;
  const headers = { ...incoming.headers, ...from };
  const onward = request(`${serverUrl}${incoming.url}`, { method: method ?? "GET", headers });
  onward.on("response", (response) => {
    outgoing.writeHead(response.statusCode ?? 500, response.headers);
    response.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  incoming.on("data", (bytes: Buffer) => recorded.push(bytes.toString("latin1")));
  incoming.pipe(onward);
}
