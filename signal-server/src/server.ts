/** The whole server: plain HTTP and the tracker's sockets on one port. */
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import type { Socket } from "node:net";
import { webCrypto } from "@shoal/swarm/webcrypto";
import type { Configuration } from "./configuration.ts";
import { CATALOGUE_PATH, noCatalogue } from "./catalogue/api.ts";
import { openCatalogue, type RunningCatalogue } from "./catalogue/open.ts";
import type { OpenThread } from "./catalogue/thread.ts";
import { sourceOf } from "./address.ts";
import { Exchanges } from "./exchanges.ts";
import { setSecurityHeaders } from "./headers.ts";
import { IceServers, missingIce } from "./ice.ts";
import { SERVER_LIMITS } from "./limits.ts";
import type { Log } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { pages } from "./pages.ts";
import { linkRedis } from "./redis.ts";
import { attachSockets } from "./sockets.ts";
import { type SourceBounds, Sources } from "./sources.ts";
import { openSwarms, PREFIX } from "./swarms.ts";
import type { Tracker } from "./tracker.ts";

export type RunningServer = {
  /** The port that it got. */
  readonly port: number;
  /** That of the metrics; null where they are off. */
  readonly metricsPort: number | null;
  readonly tracker: Tracker;
  /** Takes nobody new, closes all connections, and resolves when all is closed. */
  stop(): Promise<void>;
};

type Place = { readonly host: string; readonly port: number };

/** A place where it couldn't listen. `cause` is Node's error. */
export class ListenError extends Error {
  readonly place: Place;
  /** What the variables of that place begin with. */
  readonly prefix: "" | "METRICS_";

  constructor(place: Place, prefix: "" | "METRICS_", cause: unknown) {
    super("the server can't listen", { cause });
    this.place = place;
    this.prefix = prefix;
  }
}

/** What a server is made of, besides its configuration. */
export type ServerParts = {
  readonly log: Log;
  /** Starts the thread in which the catalogue searches. */
  readonly openThread: OpenThread;
  readonly bounds?: SourceBounds;
};

/** Starts listening. Rejects with a `ListenError` where it can't. */
export async function startServer(
  configuration: Configuration,
  { log, openThread, bounds = SERVER_LIMITS }: ServerParts,
): Promise<RunningServer> {
  const { requestTimeoutMs, expiryIntervalMs } = SERVER_LIMITS;
  const nowMs = () => performance.now();
  const exchanges = new Exchanges(SERVER_LIMITS);
  const redis = configuration.redisUrl === null ? null : linkRedis(configuration.redisUrl, log);
  const swarms = openSwarms(redis, {
    exchanges,
    hand: (to, signal) => sockets.hand(to, signal),
    nowMs,
    log,
    seedersChanged: (swarm) => catalogue?.noteSeeders(swarm),
  });
  const { tracker, deliver } = swarms;

  const note = missingIce(configuration.ice);
  const state = () => ({ store: swarms.state(), note });
  const iceServers = new IceServers(configuration.ice, Date.now);
  const timeouts = { headersTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs };
  const page = pages(configuration, state);
  const server = createServer(timeouts, (request, response) => {
    const answer = isOfCatalogue(request) ? (catalogue?.api ?? noCatalogue) : page;
    answer(request, response);
  });
  const sources = new Sources(bounds, nowMs());
  const metrics = new Metrics(() => ({
    ...sources.size,
    ...tracker.size,
    swarms: swarms.swarmCount(),
    store: swarms.state(),
    catalogue: catalogue?.levels() ?? null,
  }));
  const crypto = webCrypto();
  const catalogue: RunningCatalogue | null =
    configuration.catalogue &&
    openCatalogue(configuration.catalogue, {
      openThread,
      swarmSources: swarms.sources,
      isWhole: () => swarms.state() !== "cut-off",
      redis: redis && { link: redis, prefix: PREFIX },
      sources,
      sourceOf: (request) => sourceOf(request, configuration.trustedProxyHops),
      crypto,
      limitsNowMs: nowMs,
      log,
      metrics,
    });
  const closeRest = async (): Promise<void> => {
    await catalogue?.close();
    await swarms.close();
    redis?.close();
  };
  const sockets = attachSockets(server, configuration, {
    tracker,
    exchanges,
    iceServers,
    deliver,
    crypto,
    nowMs,
    log,
    sources,
    metrics,
  });
  // Before the listener that Socket.IO has put in front of the pages: its answers get them as well.
  server.prependListener("request", (_request, response) => setSecurityHeaders(response));

  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await listen(server, configuration).catch(async (error: unknown) => {
    await closeRest();
    throw new ListenError(configuration, "", error);
  });
  const watched = configuration.metrics === null ? null : metrics.server(timeouts);
  if (watched !== null && configuration.metrics !== null) {
    const { metrics: place } = configuration;
    await listen(watched, place).catch(async (error: unknown) => {
      await sockets.close();
      await closeRest();
      throw new ListenError(place, "METRICS_", error);
    });
  }
  if (note !== null) log.warn(note);
  server.on("error", (err) => log.error({ err }, "the server's socket failed"));
  const expiry = setInterval(() => {
    swarms.expire();
    exchanges.expire(nowMs());
    sources.tidy(nowMs());
  }, expiryIntervalMs);

  return {
    port: portOf(server),
    metricsPort: watched === null ? null : portOf(watched),
    tracker,
    async stop() {
      clearInterval(expiry);
      watched?.close();
      watched?.closeAllConnections();
      sockets.sayStopping();
      const closed = sockets.close();
      server.closeAllConnections();
      const deadline = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, SERVER_LIMITS.stopGraceMs);
      await closed;
      clearTimeout(deadline);
      await closeRest();
    },
  };
}

const isOfCatalogue = ({ url = "" }: IncomingMessage): boolean =>
  url.startsWith(CATALOGUE_PATH) && /^(?:[/?#]|$)/.test(url.slice(CATALOGUE_PATH.length));

function listen(server: HttpServer, { host, port }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: SERVER_LIMITS.knocksWaiting }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(server: HttpServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("it listens on a port");
  return address.port;
}
