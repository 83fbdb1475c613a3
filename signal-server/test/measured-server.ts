/** A server in a process of its own, which says over IPC how much memory it holds. */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { SERVER_LIMITS } from "../src/limits.ts";
import { openLog } from "../src/log.ts";
import { startServer } from "../src/server.ts";
import { threadWithin } from "./thread.ts";

/** What it is asked, and what it answers. */
export type Asked = "measure";
export type Told =
  | { readonly port: number; readonly metricsPort: number | null }
  | { readonly heldBytes: number };

const say = (told: Told): boolean | undefined => process.send?.(told);

/** Script objects, buffers and what lies behind them, once all garbage is gone. */
async function heldBytes(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await setTimeout(20); // What is told of collected objects is told in a later task.
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + external + arrayBuffers);
  }
  return least;
}

process.on("message", () => void heldBytes().then((bytes) => say({ heldBytes: bytes })));

const huge = { burst: 1e9, perSec: 1e9 };
const flows = { connections: huge, frames: huge, events: huge, joins: huge };
const searching = { searches: huge, statements: huge, reports: huge };
const all = { sockets: 1e6, ...flows, ...searching };
const server = await startServer(
  {
    host: "127.0.0.1",
    port: 0,
    webRoot: process.env["WEB_ROOT"] ?? "",
    allowedOrigins: null,
    allowedHosts: null,
    trustedProxyHops: 0,
    otherTrackers: [],
    metrics: { host: "127.0.0.1", port: 0 },
    redisUrl: null,
    ice: { stunUrls: [], turn: null },
    catalogue: null,
    logLevel: "error",
  },
  {
    log: openLog("error"),
    openThread: threadWithin,
    // Each socket's own bounds stay: those of all together would leave nothing to be answered.
    bounds: { sources: SERVER_LIMITS.sources, perSource: all, perProcess: all },
  },
);
say({ port: server.port, metricsPort: server.metricsPort });
await once(process, "disconnect");
await server.stop();
