/**
 * Carries the tracker's messages over Socket.IO: one session per connection, and the bounds that
 * hold whatever comes over it.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { CryptoPort } from "@shoal/swarm/crypto";
import { type Challenge, type IncomingSignal, TRACKER_PATH } from "@shoal/swarm/tracker/messages";
import { Server, type Socket } from "socket.io";
import { type Source, sourceOf } from "./address.ts";
import type { Configuration } from "./configuration.ts";
import type { Exchanges } from "./exchanges.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Cut, Metrics } from "./metrics.ts";
import { type Answer, Session, type SessionPorts } from "./session.ts";
import type { Share, Sources } from "./sources.ts";
import type { ConnectionId } from "./store/store.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Tracker } from "./tracker.ts";

type Received = Record<string, (...args: unknown[]) => void>;
type Sent = {
  challenge: (challenge: Challenge) => void;
  signal: (signal: IncomingSignal) => void;
};
type Connection = Socket["conn"];

export type SocketsPorts = {
  readonly tracker: Tracker;
  readonly exchanges: Exchanges;
  readonly crypto: CryptoPort;
  readonly nowMs: () => number;
  readonly log: Log;
  readonly sources: Sources;
  readonly metrics: Metrics;
  readonly deliver: SessionPorts["deliver"];
};

export type Sockets = {
  /** Hands a signal to a connection of this process; false where it is gone. */
  readonly hand: (to: ConnectionId, signal: IncomingSignal) => boolean;
  /** Closes all of them, and the server that they are attached to. */
  readonly close: () => Promise<void>;
};

/** Who may dial, and how those are told apart. */
export type Admission = Pick<Configuration, "allowedOrigins" | "allowedHosts" | "trustedProxyHops">;

/** Attaches the tracker to a server. */
export function attachSockets(
  server: HttpServer,
  admission: Admission,
  ports: SocketsPorts,
): Sockets {
  const { log, nowMs, sources, metrics } = ports;
  const end = (connection: Connection, reason: Cut): void => {
    metrics.cut(reason);
    cut(connection, reason, log);
  };
  const { trustedProxyHops } = admission;
  const sourceAt = (request: IncomingMessage): Source => sourceOf(request, trustedProxyHops);
  const warn = warnOfProxy(trustedProxyHops, log);
  const refusalOf = (request: IncomingMessage): Cut | null => {
    if (!isAllowed(request, admission)) return "origin-or-host";
    return sources.knock(sourceAt(request), nowMs()) ? null : "too-many-connections";
  };
  const io = new Server<Received, Sent>(server, {
    path: TRACKER_PATH,
    transports: ["websocket"],
    serveClient: false,
    maxHttpBufferSize: SERVER_LIMITS.messageBytes,
    perMessageDeflate: false,
    httpCompression: false,
    connectTimeout: SERVER_LIMITS.greetingTimeoutMs,
    pingInterval: SERVER_LIMITS.pingIntervalMs,
    pingTimeout: SERVER_LIMITS.pingTimeoutMs,
    allowRequest: (request, decide) => {
      warn(request);
      const refusal = refusalOf(request);
      if (refusal !== null) metrics.cut(refusal);
      decide(null, refusal === null);
    },
  });
  const sessionPorts: SessionPorts = {
    ...ports,
    answered: (event, outcome, tookMs) => metrics.answered(event, outcome, tookMs),
    onDefect: (err) => log.error({ err }, "an event's handler failed"),
  };
  /** Of the connections that haven't greeted yet. */
  const shares = new WeakMap<Connection, Share>();

  io.engine.on("connection", (connection: Connection) => {
    const share = sources.open(sourceAt(connection.request), nowMs());
    if (share === null) {
      end(connection, "too-many-sockets");
      return;
    }
    shares.set(connection, share);
    connection.on("close", () => share.release());
    bound(connection, share, { nowMs, end });
  });
  io.on("connection", (socket) => {
    const share = shares.get(socket.conn);
    // Saying hello twice would give a connection two sessions, and each bound twice.
    if (share === undefined) {
      end(socket.conn, "second-greeting");
      return;
    }
    shares.delete(socket.conn);
    converse(socket, share, sessionPorts);
  });
  return {
    hand: (to, signal) => io.sockets.sockets.get(to)?.emit("signal", signal) ?? false,
    close: () => io.close(),
  };
}

/** Behind a proxy that isn't configured everybody has one address, and one address's limits. */
function warnOfProxy(hops: number, log: Log): (request: IncomingMessage) => void {
  let isWarned = hops > 0;
  return ({ headers }) => {
    if (isWarned || headers["x-forwarded-for"] === undefined) return;
    isWarned = true;
    log.warn("a proxy is in front, so all have its address and share its limits: set TRUST_PROXY");
  };
}

/** Leads one socket's session. */
function converse(socket: Socket<Received, Sent>, share: Share, ports: SessionPorts): void {
  const session = new Session(socket.id, socket.handshake.headers.host ?? "", share, ports);
  // No listener per event: whatever an event is called and carries goes the same way.
  socket.onAny((event: unknown, ...args: unknown[]) => {
    const acknowledge = args.at(-1);
    void session.receive(event, args[0]).then((answer) => {
      if (isAcknowledge(acknowledge)) acknowledge(answer);
    });
  });
  socket.on("disconnect", () => session.close());
  socket.emit("challenge", session.challenge);
}

/** Whether a peer asked for an answer: only Socket.IO itself can put a function there. */
const isAcknowledge = (value: unknown): value is (answer: Answer) => void =>
  typeof value === "function";

/** Cuts a connection that sends too many frames, of whatever kind, or takes too little of its own. */
function bound(
  connection: Connection,
  share: Share,
  {
    nowMs,
    end,
  }: { readonly nowMs: () => number; readonly end: (connection: Connection, reason: Cut) => void },
): void {
  const { framesBurst, framesPerSec, backlogBytes } = SERVER_LIMITS;
  const frames = new TokenBucket(framesBurst, framesPerSec, nowMs());
  let waitingBytes = 0;
  connection.on("packet", () => {
    const isOne = frames.take(nowMs()) && share.take("frames", nowMs());
    if (!isOne) end(connection, "too-many-frames");
  });
  connection.on("packetCreate", (packet: { readonly data?: unknown }) => {
    waitingBytes += typeof packet.data === "string" ? packet.data.length : 0;
    if (waitingBytes > backlogBytes) end(connection, "reads-too-slowly");
  });
  connection.on("flush", () => {
    waitingBytes = 0; // The transport takes the next batch only when the kernel has taken this one.
  });
}

/** Ends a connection now: a polite end would wait for a peer that may not read. */
function cut(connection: Connection, reason: Cut, log: Log): void {
  log.debug({ reason }, "cut a connection");
  connection.request.socket.destroy();
}

/** Whether a page of this origin may dial the tracker under this name. */
function isAllowed(request: IncomingMessage, { allowedOrigins, allowedHosts }: Admission): boolean {
  const { host, origin } = request.headers;
  if (!host || (allowedHosts && !allowedHosts.has(host.toLowerCase()))) return false;
  return !allowedOrigins || (origin !== undefined && allowedOrigins.has(origin));
}
