/** Server processes of one test, around a Redis of its own. */
import { expect } from "vitest";
import type { Configuration } from "../src/configuration.ts";
import { type RedisServer, startRedis } from "./redis.ts";
import { startTestServer, type TestServer } from "./running.ts";

/** What has to come by itself, by when. */
export const SOON = { timeout: 20_000 };

export class Processes {
  readonly redis: RedisServer;
  readonly #servers: TestServer[] = [];

  private constructor(redis: RedisServer) {
    this.redis = redis;
  }

  /** With none yet. */
  static async around(): Promise<Processes> {
    return new Processes(await startRedis());
  }

  async start(overrides: Partial<Configuration> = {}): Promise<TestServer> {
    const server = await startTestServer({ redisUrl: this.redis.url, ...overrides });
    this.#servers.push(server);
    return server;
  }

  /** Two that know of each other. */
  async startTwo(overrides: Partial<Configuration> = {}): Promise<[TestServer, TestServer]> {
    const both: [TestServer, TestServer] = [
      await this.start(overrides),
      await this.start(overrides),
    ];
    await Promise.all(both.map(isShared));
    return both;
  }

  async stop(server: TestServer): Promise<void> {
    this.#servers.splice(this.#servers.indexOf(server), 1);
    await server.stop();
  }

  async close(): Promise<void> {
    for (const server of this.#servers) await server.stop();
    await this.redis.stop();
  }
}

/** What `/ready` says. */
export const readiness = async (server: TestServer): Promise<string> =>
  (await fetch(`${server.url}/ready`)).text();

/** Waits until it shares its swarms with others. */
export const isShared = (server: TestServer) =>
  expect.poll(() => readiness(server), SOON).toBe("ready");
