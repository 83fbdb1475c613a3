/** A connection to Redis that comes back by itself, and gives up on what takes too long. */
import { createClient } from "@redis/client";
import type { Log } from "./log.ts";

/** Slower than this is as good as away. */
const ANSWER_MS = 1000;
const CONNECT_MS = 2000;
const MOST_RETRY_MS = 1000;
/** A connection that says nothing for so long is dead. Pings see to it that a live one speaks. */
const SILENCE_MS = 6000;
const PING_MS = 2000;

/** What Redis does for this process. */
export interface RedisLink {
  /** @throws {Error} Where Redis is away, refuses, or doesn't answer in time. */
  command(args: readonly string[]): Promise<unknown>;
  /** Hears what is published on a channel, also after the connection was lost and found. */
  subscribe(channel: string, hear: (message: string) => void): Promise<void>;
  /** Calls back whenever a connection is there. */
  onReady(ready: () => void): void;
  close(): void;
}

/** Returns at once; it connects for as long as it takes. `url` as in `redis://user:word@host:6379/0`. */
export function linkRedis(url: string, log: Log): RedisLink {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, MOST_RETRY_MS),
    },
  });
  const listener = client.duplicate({ disableOfflineQueue: false });
  /** Why it isn't there: commands that fail meanwhile know nothing but that it isn't. */
  let why: Error | null = null;
  const explain = (err: unknown): void => {
    if (err instanceof Error) why = err;
    log.debug({ err }, "Redis");
  };
  for (const one of [client, listener]) {
    one.on("error", explain);
    one.connect().catch(explain);
  }
  return {
    async command(args) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error("Redis doesn't answer")), ANSWER_MS);
      });
      try {
        return await Promise.race([client.sendCommand([...args]), late]);
      } catch (error) {
        if (client.isReady || why === null) throw error;
        throw new Error(`Redis can't be reached: ${why.message}`, { cause: error });
      } finally {
        clearTimeout(timer);
      }
    },
    async subscribe(channel, hear) {
      await listener.subscribe(channel, hear);
    },
    onReady(ready) {
      client.on("ready", ready);
      if (client.isReady) ready();
    },
    close() {
      client.destroy();
      listener.destroy();
    },
  };
}
