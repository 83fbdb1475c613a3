/** A server on a port of its own, with a small web app to serve. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import type { Configuration } from "../src/configuration.ts";
import { openLog } from "../src/log.ts";
import { type RunningServer, startServer } from "../src/server.ts";
import type { SourceBounds } from "../src/sources.ts";
import { threadWithin } from "./thread.ts";

export type TestServer = RunningServer & { readonly url: string; readonly webRoot: string };

/** The content of the hashed asset. */
export const SCRIPT = "console.log('shoal')";

/** A folder such as the web app's build leaves, beside a file that must never be served. */
export async function makeWebRoot(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "shoal-web-"));
  const webRoot = path.join(folder, "dist");
  await mkdir(path.join(webRoot, "assets"), { recursive: true });
  await mkdir(path.join(webRoot, ".git"));
  await writeFile(path.join(folder, "secret.txt"), "secret");
  await writeFile(path.join(webRoot, "index.html"), "<!doctype html><title>Shoal</title>");
  await writeFile(path.join(webRoot, "assets", "app-1a2b3c.js"), SCRIPT);
  const compressed = brotliCompressSync(SCRIPT);
  await writeFile(path.join(webRoot, "assets", "app-1a2b3c.js.br"), compressed);
  await writeFile(path.join(webRoot, ".env"), "secret");
  await writeFile(path.join(webRoot, ".git", "config"), "secret");
  return webRoot;
}

const TURN = {
  stunUrls: ["stun:turn.shoal.example"],
  turn: { urls: ["turn:turn.shoal.example"], secret: "a secret of many letters" },
};

/** Starts one; stopping it also removes its folder. */
export async function startTestServer(
  overrides: Partial<Configuration> = {},
  bounds?: SourceBounds,
): Promise<TestServer> {
  const webRoot = await makeWebRoot();
  const configuration: Configuration = {
    host: "127.0.0.1",
    port: 0,
    webRoot,
    allowedOrigins: null,
    allowedHosts: null,
    trustedProxyHops: 0,
    otherTrackers: [],
    metrics: null,
    redisUrl: null,
    ice: TURN,
    catalogue: null,
    logLevel: "silent",
    ...overrides,
  };
  const log = openLog(configuration.logLevel);
  const server = await startServer(configuration, {
    log,
    openThread: threadWithin,
    ...(bounds && { bounds }),
  });
  return {
    ...server,
    webRoot,
    url: `http://127.0.0.1:${server.port}`,
    async stop() {
      await server.stop();
      await rm(path.dirname(webRoot), { recursive: true });
    },
  };
}
