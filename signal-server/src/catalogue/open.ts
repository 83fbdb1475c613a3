/** The catalogue of one server: all of its parts, on its clocks. */
import type { IncomingMessage, RequestListener } from "node:http";
import type { CryptoPort } from "@shoal/swarm/crypto";
import type { SwarmId } from "@shoal/swarm/ids";
import type { Source } from "../address.ts";
import type { CatalogueConfiguration } from "../configuration.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { RedisLink } from "../redis.ts";
import type { Sources } from "../sources.ts";
import { catalogueApi } from "./api.ts";
import { watchBlocklist } from "./blocklist.ts";
import { Catalogue, indexedOf } from "./catalogue.ts";
import { Counting } from "./counting.ts";
import { Reports } from "./reports.ts";
import { Searcher } from "./searcher.ts";
import { SharedCatalogue } from "./shared-catalogue.ts";
import type { OpenThread } from "./thread.ts";

export type CatalogueServices = {
  readonly openThread: OpenThread;
  /** Where those are who hold all, of each of these swarms; and whether that is known of all processes. */
  readonly swarmSources: (swarms: readonly SwarmId[]) => Promise<readonly (readonly Source[])[]>;
  readonly isWhole: () => boolean;
  /** Redis, and what is put in front of its keys; null where this process is alone. */
  readonly redis: { readonly link: RedisLink; readonly prefix: string } | null;
  readonly sources: Sources;
  readonly sourceOf: (request: IncomingMessage) => Source;
  readonly crypto: CryptoPort;
  /** A clock that never runs backwards. */
  readonly limitsNowMs: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
};

export type RunningCatalogue = {
  /** Answers requests under `CATALOGUE_PATH`. */
  readonly api: RequestListener;
  /** Somebody who holds all has come or gone in this swarm. */
  readonly noteSeeders: (swarm: SwarmId) => void;
  readonly levels: () => {
    readonly listed: number;
    readonly records: number;
    readonly isReady: boolean;
  };
  readonly close: () => Promise<void>;
};

/** Opens it: empty, unless other processes have something in theirs. */
export function openCatalogue(
  { graceMs, entriesPerAddress, blocklistFile, reportsFile }: CatalogueConfiguration,
  services: CatalogueServices,
): RunningCatalogue {
  const { openThread, log, metrics, redis, crypto, isWhole, swarmSources } = services;
  const nowMs = Date.now;
  const catalogue: Catalogue = new Catalogue({
    index: {
      put: (entry) => searcher.put(entry),
      remove: (swarm) => searcher.remove(swarm),
      count: (swarm, sources) => searcher.count(swarm, sources),
    },
    records: SERVER_LIMITS.catalogue.records,
    recordsPerSource: entriesPerAddress,
    graceMs,
  });
  const searcher = new Searcher({
    openThread,
    *entries() {
      for (const listed of catalogue.allListed(nowMs())) yield indexedOf(listed);
    },
    crashed: (err) => log.error({ err }, "the search thread has ended: another one is started"),
  });
  const counting = new Counting({
    catalogue,
    sources: swarmSources,
    isWhole,
    nowMs,
    changed: (swarms) => shared?.tell(swarms),
    ended: (standings) => {
      for (const { signed } of standings) void shared?.save(signed.swarm);
    },
  });
  const shared =
    redis &&
    new SharedCatalogue({
      redis: redis.link,
      prefix: redis.prefix,
      catalogue,
      crypto,
      nowMs,
      noteElsewhere: (swarm) => counting.noteElsewhere(swarm),
    });
  const reports = new Reports(reportsFile, {
    listed: (swarm) => catalogue.listed(swarm, nowMs()),
    nowMs,
    log,
    counted: (reason) => metrics.reported(reason),
  });
  const blocklist =
    blocklistFile === null
      ? null
      : watchBlocklist(blocklistFile, log, (swarms) => catalogue.block(swarms, nowMs()));

  const onDefect = (err: unknown): void => log.error({ err }, "the catalogue failed");
  const stops = [
    every(SERVER_LIMITS.catalogue.countIntervalMs, () => counting.tick(), onDefect),
    every(SERVER_LIMITS.heartbeatMs, async () => shared?.sync(), onDefect),
    every(
      SERVER_LIMITS.expiryIntervalMs,
      async () => {
        reports.tidy();
        await shared?.forgetOld();
      },
      onDefect,
    ),
  ];
  redis?.link.onReady(() => void shared?.sync());
  return {
    api: catalogueApi({
      ...services,
      catalogue,
      searcher,
      reports,
      nowMs,
      taken: async (swarm) => {
        counting.noteElsewhere(swarm);
        await shared?.save(swarm);
      },
      answered: (request, outcome, tookMs) => metrics.catalogueAnswered(request, outcome, tookMs),
      onDefect,
    }),
    noteSeeders: (swarm) => counting.note(swarm),
    levels: () => ({ ...catalogue.size, isReady: searcher.isReady }),
    async close() {
      for (const stop of stops) stop();
      blocklist?.close();
      searcher.close();
      await reports.flush();
    },
  };
}

/** Does something again and again, one at a time. Returns what ends it. */
function every(
  intervalMs: number,
  act: () => Promise<void>,
  onDefect: (defect: unknown) => void,
): () => void {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    void act()
      .catch(onDefect)
      .finally(() => (isBusy = false));
  }, intervalMs);
  return () => clearInterval(timer);
}
