/**
 * Carries the tracker's messages over Socket.IO: one session per connection, and the bounds that
 * hold whatever comes over it.
 */
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { CryptoPort } from "@shoal/swarm/crypto";
import {
  type Challenge,
  type IncomingSignal,
  type Stopping,
  TRACKER_PATH,
} from "@shoal/swarm/tracker/messages";
import { Server, type Socket } from "socket.io";
import { type WebSocket, type ServerOptions as WebSocketOptions, WebSocketServer } from "ws";
import { type Source, sourceOf } from "./address.ts";
import type { Configuration } from "./configuration.ts";
import type { Exchanges } from "./exchanges.ts";
import type { IceServers } from "./ice.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import type { Cut, Metrics } from "./metrics.ts";
import { type Answer, Session, type SessionPorts } from "./session.ts";
import type { Share, Sources } from "./sources.ts";
import type { ConnectionId } from "./store/store.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { Tracker } from "./tracker.ts";
import { Turns } from "./turns.ts";

type Received = Record<string, (...args: unknown[]) => void>;
type Sent = {
  challenge: (challenge: Challenge) => void;
  signal: (signal: IncomingSignal) => void;
  stopping: (stopping: Stopping) => void;
};
type Connection = Socket["conn"];
/** What Engine.IO makes of a request that has become a WebSocket. */
type UpgradedRequest = IncomingMessage & { readonly websocket: WebSocket };

export type SocketsPorts = {
  readonly tracker: Tracker;
  readonly exchanges: Exchanges;
  readonly iceServers: IceServers;
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
  /** Asks all of them to come back, each a while later. */
  readonly sayStopping: () => void;
  /** Closes all of them, and the server that they are attached to. */
  readonly close: () => Promise<void>;
};

/**
 * Deals with one frame of a socket at a time, and with others' in between: else a socket that sends
 * hundreds at once would have all of them dealt with first.
 */
class FairWebSocketServer extends WebSocketServer {
  constructor(options: WebSocketOptions) {
    const bounds = {
      allowSynchronousEvents: false,
      maxFragments: SERVER_LIMITS.fragmentsPerMessage,
      closeTimeout: SERVER_LIMITS.closingTimeoutMs,
    };
    super({ ...options, ...bounds });
  }
}

/**
 * Refuses whoever names a session. Engine.IO would let another WebSocket take that session over, by
 * none of the doors that count; nothing of ours does it.
 */
function refuseUpgrades(
  { url }: IncomingMessage,
  _response: unknown,
  next: (refusal?: Error) => void,
): void {
  const names = new URL(url ?? "", "http://any").searchParams;
  next(names.has("sid") ? new Error("there are no upgrades") : undefined);
}

/** Who may dial, and how those are told apart. */
export type Admission = Pick<Configuration, "allowedOrigins" | "allowedHosts" | "trustedProxyHops">;

/** Engine.IO's own words for why a connection closed that neither end meant to. */
const CUTS: ReadonlyMap<string, Cut> = new Map([
  ["ping timeout", "silent"],
  ["parse error", "broken"],
  ["transport error", "broken"],
]);

/** Attaches the tracker to a server. */
export function attachSockets(
  server: HttpServer,
  admission: Admission,
  ports: SocketsPorts,
): Sockets {
  const { log, nowMs, sources, metrics } = ports;
  /** Ends a connection now: a polite end would wait for a peer that may not read. */
  const end = (websocket: WebSocket, reason: Cut): void => {
    // What it had sent by then is still read, and is no reason more.
    if (websocket.readyState === websocket.OPEN) {
      metrics.cut(reason);
      log.debug({ reason }, "cut a connection");
    }
    websocket.terminate();
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
    wsEngine: FairWebSocketServer,
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
    dialled: (dials) => metrics.dialled(dials),
    onDefect: (err) => log.error({ err }, "an event's handler failed"),
  };
  /** Of connections that are open; without its share where one has greeted already. */
  const doors = new WeakMap<Connection, { readonly websocket: WebSocket; share: Share | null }>();

  io.engine.use(refuseUpgrades);
  const turns = new Turns(SERVER_LIMITS.readsPerTurn, setImmediate);
  io.engine.on("connection", (connection: Connection) => {
    const { socket, websocket } = connection.request as UpgradedRequest;
    const source = sourceAt(connection.request);
    const share = sources.open(source, nowMs());
    if (share === null) {
      end(websocket, "too-many-sockets");
      return;
    }
    doors.set(connection, { websocket, share });
    const turn = turns.add(source, websocket);
    socket.on("data", turn.count);
    connection.on("close", (why: string) => {
      const reason = CUTS.get(why);
      if (reason !== undefined) metrics.cut(reason);
    });
    // Of the WebSocket itself: until it is gone it can be read, whatever Engine.IO thinks of it.
    websocket.on("close", () => {
      share.release();
      turn.end();
    });
    const frames = new TokenBucket(SERVER_LIMITS.framesBurst, SERVER_LIMITS.framesPerSec, nowMs());
    const count = (): void => {
      turn.count();
      const isOne = frames.take(nowMs()) && share.take("frames", nowMs());
      if (!isOne) end(websocket, "too-many-frames");
    };
    // Before Engine.IO's own listener; pings and pongs never get there.
    for (const frame of ["message", "ping", "pong"]) websocket.prependListener(frame, count);
    boundBacklog(connection, (reason) => end(websocket, reason));
  });
  io.on("connection", (socket) => {
    const door = doors.get(socket.conn);
    if (door === undefined) return; // It was one too many, and has ended.
    const { websocket, share } = door;
    // Saying hello twice would give a connection two sessions, and each bound twice.
    if (share === null) {
      end(websocket, "second-greeting");
      return;
    }
    door.share = null;
    converse(socket, share, sessionPorts);
    forgetRequest(socket);
  });
  return {
    hand: (to, signal) => io.sockets.sockets.get(to)?.emit("signal", signal) ?? false,
    sayStopping: () => {
      const all = [...io.sockets.sockets.values()];
      const overMs = comeBackOverMs(all.length);
      for (const socket of all) {
        socket.emit("stopping", { afterMs: Math.floor(Math.random() * overMs) });
      }
    },
    close: () => io.close(),
  };
}

/** Over how long so many sockets that come back are spread. */
function comeBackOverMs(count: number): number {
  const { comeBackPerSec, comeBackLeastMs, comeBackMostMs } = SERVER_LIMITS;
  return Math.min(Math.max((1000 * count) / comeBackPerSec, comeBackLeastMs), comeBackMostMs);
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

/** Lets go of the request by which a socket came: its headers would be most of what is kept of it. */
function forgetRequest(socket: Socket): void {
  Object.assign(socket.conn, { request: null });
  Object.assign(socket, { handshake: null });
}

/** Whether a peer asked for an answer: only Socket.IO itself can put a function there. */
const isAcknowledge = (value: unknown): value is (answer: Answer) => void =>
  typeof value === "function";

/** Cuts a connection that takes too little of what is for it. */
function boundBacklog(connection: Connection, end: (reason: Cut) => void): void {
  const { backlogBytes } = SERVER_LIMITS;
  let waitingBytes = 0;
  connection.on("packetCreate", (packet: { readonly data?: unknown }) => {
    waitingBytes += typeof packet.data === "string" ? packet.data.length : 0;
    if (waitingBytes > backlogBytes) end("reads-too-slowly");
  });
  connection.on("flush", () => {
    waitingBytes = 0; // The transport takes the next batch only when the kernel has taken this one.
  });
}

/** Whether a page of this origin may dial the tracker under this name. */
function isAllowed(request: IncomingMessage, { allowedOrigins, allowedHosts }: Admission): boolean {
  const { host, origin } = request.headers;
  if (!host || (allowedHosts && !allowedHosts.has(host.toLowerCase()))) return false;
  return !allowedOrigins || (origin !== undefined && allowedOrigins.has(origin));
}
