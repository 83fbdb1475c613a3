/** What every bus does, whether within one program or over Redis: a real one, which this starts. */
import { toBase64url } from "@shoal/swarm/bytes";
import { type PeerId, parsePeerId, swarmIdOf } from "@shoal/swarm/ids";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { startLinkedRedis, startRedis } from "../../test/redis.ts";
import { openLog } from "../log.ts";
import { linkRedis, type RedisLink } from "../redis.ts";
import type { Bus, BusMessage, Hear } from "./bus.ts";
import { MemoryHub } from "./memory-bus.ts";
import { RedisBus } from "./redis-bus.ts";

let redis: RedisLink;
beforeAll(async () => {
  const linked = await startLinkedRedis();
  ({ redis } = linked);
  return () => linked.stop();
});

function peerNumber(number: number): PeerId {
  const peer = parsePeerId(toBase64url(new Uint8Array(32).fill(number)));
  if (peer === null) throw new Error("32 bytes make an id");
  return peer;
}

const swarm = swarmIdOf(new Uint8Array(32));
const taken = (connection: string): BusMessage => ({
  type: "taken",
  joinedMs: 1,
  connection,
  swarm,
  peer: peerNumber(1),
});
const signal: BusMessage = {
  type: "signal",
  connection: "c",
  to: peerNumber(1),
  signal: {
    swarm,
    from: peerNumber(2),
    kind: "offer",
    exchange: "A".repeat(22),
    body: "c2VhbGVk",
  },
};

let hub = new MemoryHub();
let prefixCount = 0;

describe.each([
  ["memory", (process: string, hear: Hear): Bus => hub.join(process, hear)],
  [
    "Redis",
    (process: string, hear: Hear): Bus =>
      RedisBus.join(process, { redis, prefix: `bus${prefixCount}`, hear }),
  ],
])("a bus in %s", (_name, join) => {
  const open: Bus[] = [];
  const joined = (process: string, hear: Hear): Bus => {
    const bus = join(process, hear);
    open.push(bus);
    return bus;
  };
  afterEach(() => {
    for (const bus of open.splice(0)) bus.close();
    hub = new MemoryHub();
    prefixCount++;
  });

  /** A process that notes what it hears and does what it is told to answer. */
  function listener(process: string, answer = true): BusMessage[] {
    const heard: BusMessage[] = [];
    joined(process, (message) => {
      heard.push(message);
      return answer;
    });
    return heard;
  }

  const sender = () => joined("sender", () => expect.unreachable("nobody talks to it"));

  test("a message comes to the process that it is for, and to no other", async () => {
    const [one, other] = [listener("one"), listener("other")];
    const bus = sender();
    await expect.poll(() => bus.send("one", signal)).toBe(true);
    expect(one.at(-1)).toEqual(signal);
    expect(other).toEqual([]);
  });

  test("whether it could be done is told", async () => {
    const heard = listener("one", false);
    const bus = sender();
    await expect
      .poll(async () => [await bus.send("one", signal), heard.length > 0])
      .toEqual([false, true]);
  });

  test("where there is no such process it can't be done, and that is told at once", async () => {
    expect(await sender().send("nobody", signal)).toBe(false);
  });

  test("messages come in their order", async () => {
    const heard = listener("one");
    const bus = sender();
    await expect.poll(() => bus.send("one", taken("first"))).toBe(true);
    heard.length = 0;
    const names = Array.from({ length: 200 }, (_, number) => `c${number}`);
    await Promise.all(names.map((name) => bus.send("one", taken(name))));
    expect(heard.map(({ connection }) => connection)).toEqual(names);
  });
});

test("nonsense on a process's channel is nothing to it", async () => {
  const heard: BusMessage[] = [];
  const hear = (message: BusMessage) => heard.push(message) > 0;
  const bus = RedisBus.join("nonsense", { redis, prefix: "n", hear });
  await expect.poll(() => bus.send("nonsense", taken("c"))).toBe(true);
  heard.length = 0;
  const nonsense = ["", "{", "null", "7", "{}", '{"re":"x"}', '{"from":1}'];
  const from = { from: "x", number: 1 };
  const messages = [null, {}, { type: "taken" }, { type: "signal", connection: "c", to: "x" }];
  for (const message of messages) nonsense.push(JSON.stringify({ ...from, message }));
  for (const text of nonsense) await redis.command(["PUBLISH", "n:to:nonsense", text]);
  expect(await bus.send("nonsense", taken("last"))).toBe(true);
  expect(heard).toEqual([taken("last")]);
  bus.close();
});

test("a Redis that is away delivers nothing, and harms nobody", async () => {
  const mortal = await startRedis();
  const link = linkRedis(mortal.url, openLog("silent"));
  await new Promise<void>((resolve) => link.onReady(resolve));
  const bus = RedisBus.join("one", { redis: link, prefix: "m", hear: () => true });
  await expect.poll(() => bus.send("one", taken("c"))).toBe(true);
  await mortal.kill();
  expect(await bus.send("one", taken("c"))).toBe(false);
  await mortal.start();
  await expect.poll(() => bus.send("one", taken("c")), { timeout: 20_000 }).toBe(true);
  bus.close();
  link.close();
  await mortal.stop();
});
