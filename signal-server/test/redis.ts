/** A Redis of a test's own: the real one, on a port and in a folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { openLog } from "../src/log.ts";
import { linkRedis, type RedisLink } from "../src/redis.ts";
import { freePort } from "./free-port.ts";

export type RedisServer = {
  readonly url: string;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again at the same place, with nothing in it. */
  start(): Promise<void>;
  /** Stops it in its tracks, as a machine that hangs; and lets it go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

export type LinkedRedis = { readonly redis: RedisLink; stop(): Promise<void> };

/** @throws {Error} Where there is no `redis-server`; `pnpm browsers` installs it. */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "shoal-redis-"));
  const port = await freePort();
  let running: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const args = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder];
    const child = spawn("redis-server", [...args, "--save", "", "--appendonly", "no"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    running = child;
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error("redis-server ended")));
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
    });
  };
  const kill = async (): Promise<void> => {
    const child = running;
    running = null;
    if (child === null || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void running?.kill("SIGSTOP"),
    thaw: () => void running?.kill("SIGCONT"),
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** A Redis, and a link to it that is ready. */
export async function startLinkedRedis(): Promise<LinkedRedis> {
  const server = await startRedis();
  const redis = linkRedis(server.url, openLog("silent"));
  await new Promise<void>((resolve) => redis.onReady(resolve));
  return {
    redis,
    stop: async () => {
      redis.close();
      await server.stop();
    },
  };
}
