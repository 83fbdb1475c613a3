/** What whoever runs the server can watch, as Prometheus reads it. Nothing in it names a peer or swarm. */
import { createServer, type Server, type ServerOptions } from "node:http";
import type { Dials, Refusal } from "@shoal/swarm/tracker/messages";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RequestName } from "./catalogue/api.ts";
import type { ReportReason } from "./catalogue/reports.ts";
import type { StoreState } from "./swarms.ts";

/** What is read at the moment when somebody looks. */
export type Levels = {
  readonly sockets: number;
  readonly sources: number;
  readonly swarms: number;
  readonly members: number;
  readonly store: StoreState;
  /** Of the catalogue; null where there is none. */
  readonly catalogue: {
    readonly listed: number;
    readonly records: number;
    readonly isReady: boolean;
  } | null;
};

/** Names of events, as far as they are known: what a stranger calls them makes no new series. */
export type EventName = "join" | "announce" | "leave" | "signal" | "other";

/** Why a socket ended that its peer would have kept, or never began. */
export type Cut =
  | "origin-or-host"
  | "too-many-connections"
  | "too-many-sockets"
  | "too-many-frames"
  | "reads-too-slowly"
  /** It answered no ping. */
  | "silent"
  /** Its connection broke, or what it sent was too large or no message at all. */
  | "broken"
  | "second-greeting";

const ANNOUNCE_BUCKETS_SECONDS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1];
const SEARCH_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

export class Metrics {
  readonly #registry = new Registry();
  readonly #events: Counter<"event" | "outcome">;
  readonly #cuts: Counter<"reason">;
  readonly #announces: Histogram;
  readonly #dials: Counter<"end">;
  readonly #requests: Counter<"request" | "outcome">;
  readonly #searches: Histogram;
  readonly #reports: Counter<"reason">;

  constructor(look: () => Levels) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    const gauge = (name: string, help: string, read: (levels: Levels) => number): void => {
      const made = new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read(look()));
        },
      });
      this.#registry.registerMetric(made);
    };
    gauge("shoal_sockets", "Sockets that are open.", ({ sockets }) => sockets);
    gauge("shoal_sources", "Addresses that limits remember.", ({ sources }) => sources);
    gauge("shoal_swarms", "Swarms with at least one peer.", ({ swarms }) => swarms);
    gauge("shoal_members", "Peers, once for each swarm.", ({ members }) => members);
    gauge("shoal_store_cut_off", "1 while Redis is set and away, else 0.", ({ store }) =>
      Number(store === "cut-off"),
    );
    gauge("shoal_catalogue_entries", "Entries that can be found.", ({ catalogue }) =>
      catalogue === null ? 0 : catalogue.listed,
    );
    gauge("shoal_catalogue_records", "Shares of which something is known.", ({ catalogue }) =>
      catalogue === null ? 0 : catalogue.records,
    );
    gauge("shoal_catalogue_index_away", "1 while nothing can be searched.", ({ catalogue }) =>
      Number(catalogue !== null && !catalogue.isReady),
    );
    this.#requests = new Counter({
      name: "shoal_catalogue_requests_total",
      help: "Requests to the catalogue, by what they were answered.",
      labelNames: ["request", "outcome"],
      registers,
    });
    this.#searches = new Histogram({
      name: "shoal_catalogue_search_seconds",
      help: "From a search's or suggestion's arrival to its answer.",
      buckets: SEARCH_BUCKETS_SECONDS,
      registers,
    });
    this.#reports = new Counter({
      name: "shoal_catalogue_reports_total",
      help: "Reports of entries, each person's once.",
      labelNames: ["reason"],
      registers,
    });
    this.#events = new Counter({
      name: "shoal_events_total",
      help: "Events of peers, by what they were answered.",
      labelNames: ["event", "outcome"],
      registers,
    });
    this.#cuts = new Counter({
      name: "shoal_cuts_total",
      help: "Sockets that were refused or cut, by reason.",
      labelNames: ["reason"],
      registers,
    });
    this.#dials = new Counter({
      name: "shoal_dials_total",
      help: "Connections between peers, as those who dialled say: direct, relayed, failed.",
      labelNames: ["end"],
      registers,
    });
    this.#announces = new Histogram({
      name: "shoal_announce_seconds",
      help: "From an announce's arrival to its answer.",
      buckets: ANNOUNCE_BUCKETS_SECONDS,
      registers,
    });
  }

  /** An event was answered so long after it came. */
  answered(event: EventName, outcome: "ok" | Refusal, tookMs: number): void {
    this.#events.inc({ event, outcome });
    if (event === "announce") this.#announces.observe(tookMs / 1000);
  }

  dialled({ direct, relayed, failed }: Dials): void {
    this.#dials.inc({ end: "direct" }, direct);
    this.#dials.inc({ end: "relayed" }, relayed);
    this.#dials.inc({ end: "failed" }, failed);
  }

  /** A request to the catalogue was answered so long after it came. */
  catalogueAnswered(request: RequestName, outcome: string, tookMs: number): void {
    this.#requests.inc({ request, outcome });
    const isSearch = request === "search" || request === "suggestions";
    if (isSearch && outcome === "ok") this.#searches.observe(tookMs / 1000);
  }

  reported(reason: ReportReason): void {
    this.#reports.inc({ reason });
  }

  cut(reason: Cut): void {
    this.#cuts.inc({ reason });
  }

  /** Serves them at `/metrics`, and nothing else. It isn't listening yet. */
  server(timeouts: ServerOptions): Server {
    return createServer(timeouts, (request, response) => {
      if (request.url !== "/metrics" || request.method !== "GET") {
        response.writeHead(404).end();
        return;
      }
      void this.#registry.metrics().then((text) => {
        response.writeHead(200, { "Content-Type": this.#registry.contentType }).end(text);
      });
    });
  }
}
