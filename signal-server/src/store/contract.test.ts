/** What every store does, whether in memory or in Redis: a real one, which this starts. */
import { toBase64url } from "@shoal/swarm/bytes";
import { type PeerId, parsePeerId, type SwarmId, swarmIdOf } from "@shoal/swarm/ids";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startLinkedRedis } from "../../test/redis.ts";
import type { RedisLink } from "../redis.ts";
import { MemoryStore } from "./memory-store.ts";
import { RedisStore } from "./redis-store.ts";
import type { Entry, Held, Listing, Place, SwarmStore } from "./store.ts";

const LIFETIME_MS = 1_000_000;
const DEAD_AFTER_MS = 1_000_000;
/** Sequences of random commands that both have to agree on; `STORE_SEQUENCES` asks for more. */
const SEQUENCES = Number(process.env["STORE_SEQUENCES"] ?? 1000);

const bytesOf = (number: number) => new Uint8Array(32).fill(number);
const swarmNumber = (number: number): SwarmId => swarmIdOf(bytesOf(number));

function peerNumber(number: number): PeerId {
  const peer = parsePeerId(toBase64url(bytesOf(number)));
  if (peer === null) throw new Error("32 bytes make an id");
  return peer;
}

function entryOf(peer: PeerId, place: Place, held: Held | null, swarm: SwarmId): Entry {
  const introduction = {
    peerKey: peer,
    agreementKey: peer,
    agreementSignature: toBase64url(new Uint8Array(64)),
  };
  return { swarm, peer, place, introduction, source: `source of ${place.process}`, held };
}

let redis: RedisLink;
let nowMs: number;
beforeAll(async () => {
  const linked = await startLinkedRedis();
  ({ redis } = linked);
  return () => linked.stop();
});
beforeEach(() => {
  nowMs = 1_000_000_000_000;
});

const memoryStore = () =>
  new MemoryStore({ nowMs: () => nowMs, random: Math.random, lifetimeMs: LIFETIME_MS });

let storeCount = 0;
async function redisStore(processes: readonly string[]): Promise<RedisStore> {
  const store = new RedisStore({
    redis,
    nowMs: () => nowMs,
    random: Math.random,
    lifetimeMs: LIFETIME_MS,
    deadAfterMs: DEAD_AFTER_MS,
    prefix: `test${++storeCount}`,
  });
  await store.loadScripts();
  for (const process of processes) await store.beat(process);
  return store;
}

const PROCESSES = ["p1", "p2", "p3"];
const [A, B, C] = [peerNumber(1), peerNumber(2), peerNumber(3)];
const S = swarmNumber(1);
const at = (process: string, joinedMs = 1): Place => ({ process, connection: "c", joinedMs });

describe.each([
  ["memory", async (): Promise<SwarmStore> => memoryStore()],
  ["Redis", async (): Promise<SwarmStore> => redisStore(PROCESSES)],
])("a store in %s", (_name, open) => {
  let store: SwarmStore;
  beforeEach(async () => {
    store = await open();
  });

  const put = (peer: PeerId, place: Place, held: Held | null = "part", numWant = 50) =>
    store.announce(entryOf(peer, place, held, S), numWant);

  const peersFor = async (peer: PeerId, numWant = 50) => {
    const listing = await put(peer, at("p1"), "part", numWant);
    return "others" in listing ? listing.others.map((one) => one.introduction.peerKey) : null;
  };

  test("who has joined can be reached, who has announced is listed too", async () => {
    await put(A, at("p2"), null);
    expect(await store.find(S, A)).toEqual(at("p2"));
    expect(await store.find(swarmNumber(2), A)).toBeNull();
    expect(await peersFor(B)).toEqual([]);
    await put(A, at("p2"), "nothing");
    expect(await peersFor(B)).toEqual([A]);
  });

  test("others come with what is told of them, and what puts them in order", async () => {
    const entry = entryOf(A, at("p2"), "all", S);
    await store.announce(entry, 0);
    const { introduction, source } = entry;
    const told = { others: [expect.objectContaining({ introduction, source })] };
    expect(await put(B, at("p1"))).toMatchObject(told);
  });

  test("counts follow what was announced last", async () => {
    expect(await put(A, at("p2"), "all")).toMatchObject({ seeders: 1, leechers: 0 });
    expect(await put(B, at("p1"), "nothing")).toMatchObject({ seeders: 1, leechers: 1 });
    expect(await put(B, at("p1"), "all")).toMatchObject({ seeders: 2, leechers: 0 });
    expect(await put(A, at("p2"), "part")).toMatchObject({ seeders: 1, leechers: 1 });
  });

  test("places of those who hold all are told, each once, as long as one of them is there", async () => {
    const sourcesOf = (...swarms: SwarmId[]) => store.sources(swarms);
    await put(A, at("p1"), "all");
    await put(B, at("p1"), "all");
    await put(C, at("p2"), "part");
    const none = swarmNumber(2);
    expect(await sourcesOf(none, S)).toEqual([[], ["source of p1"]]);
    await put(C, at("p2"), "all");
    const [both] = await sourcesOf(S);
    expect(both?.toSorted()).toEqual(["source of p1", "source of p2"]);
    await store.leave({ swarm: S, peer: A, place: at("p1") });
    await put(C, at("p2"), "part");
    expect(await sourcesOf(S)).toEqual([["source of p1"]]);
    await put(B, at("p1", 2), null);
    expect(await sourcesOf(S)).toEqual([[]]);
    await put(B, at("p1", 2), "all");
    nowMs += LIFETIME_MS;
    expect(await sourcesOf(S, none)).toEqual([[], []]);
  });

  test("so they are of more swarms than one step looks up", async () => {
    const many = Array.from({ length: 150 }, (_, number) => swarmNumber(number));
    const last = swarmNumber(149);
    await store.announce(entryOf(A, at("p1"), "all", last), 0);
    const found = await store.sources(many);
    expect(found).toHaveLength(150);
    expect(found.filter((sources) => sources.length > 0)).toEqual([["source of p1"]]);
    expect(found[149]).toEqual(["source of p1"]);
  });

  test("the latest place counts, and an older one can neither take it nor end it", async () => {
    await put(A, at("p1", 1), "all");
    expect(await put(A, at("p2", 2), null)).toMatchObject({ replaced: at("p1", 1), seeders: 0 });
    expect(await put(A, at("p1", 1))).toEqual({ takenBy: at("p2", 2) });
    expect(await put(A, at("p3", 2))).toEqual({ takenBy: at("p2", 2) });
    await store.leave({ swarm: S, peer: A, place: at("p1", 1) });
    expect(await store.find(S, A)).toEqual(at("p2", 2));
    await store.leave({ swarm: S, peer: A, place: at("p2", 2) });
    expect(await store.find(S, A)).toBeNull();
  });

  test("who hasn't announced for the lifetime is neither listed nor counted nor found", async () => {
    await put(A, at("p1"), "all");
    nowMs += LIFETIME_MS - 1;
    expect(await peersFor(B)).toEqual([A]);
    nowMs += 1;
    expect(await store.find(S, A)).toBeNull();
    expect(await put(C, at("p1"), "nothing")).toMatchObject({ seeders: 0, leechers: 2 });
  });

  test("a process's end takes out its peers, and nobody else's", async () => {
    const many = Array.from({ length: 20 }, (_, number) => peerNumber(100 + number));
    for (const peer of many) await put(peer, at("p2"), "all");
    await put(A, at("p1"));
    await put(B, at("p2", 1));
    await put(B, at("p3", 2));
    await store.forget("p2");
    expect(await peersFor(C)).toEqual(expect.arrayContaining([A, B]));
    expect(await put(C, at("p1"), "part")).toMatchObject({ seeders: 0, leechers: 3 });
    expect(await store.find(S, peerNumber(100))).toBeNull();
  });

  test("every one of the others is sampled about as often, and the asker never", async () => {
    const others = Array.from({ length: 10 }, (_, number) => peerNumber(100 + number));
    for (const peer of others) await put(peer, at("p2"));
    const counts = new Map<string, number>();
    for (let round = 0; round < 1000; round++) {
      const peers = await peersFor(A, 3);
      expect(peers).toHaveLength(3);
      for (const peer of peers ?? []) counts.set(peer, (counts.get(peer) ?? 0) + 1);
    }
    // 300 of each, with a deviation of 15.
    expect([...counts.keys()].toSorted()).toEqual(others.map(String).toSorted());
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(90);
  });
});

test("a store in memory tells when somebody who holds all comes, goes or announces again", async () => {
  const told: SwarmId[] = [];
  const store = new MemoryStore({
    nowMs: () => nowMs,
    random: Math.random,
    lifetimeMs: LIFETIME_MS,
    seedersChanged: (swarm) => told.push(swarm),
  });
  const changesAfter = async (act: Promise<unknown>) => {
    await act;
    return told.splice(0).length > 0;
  };
  const announce = (held: Held | null) => store.announce(entryOf(A, at("p1"), held, S), 0);
  expect(await changesAfter(announce(null))).toBe(false);
  expect(await changesAfter(announce("part"))).toBe(false);
  expect(await changesAfter(announce("all"))).toBe(true);
  expect(await changesAfter(announce("part"))).toBe(true);
  expect(await changesAfter(announce("all"))).toBe(true);
  nowMs += LIFETIME_MS;
  store.expire();
  expect(told).toEqual([S]);
});

test("peers of a process that stops beating are in no sample, before anybody takes them out", async () => {
  const store = new RedisStore({
    redis,
    nowMs: () => nowMs,
    random: Math.random,
    lifetimeMs: LIFETIME_MS,
    deadAfterMs: 100,
    prefix: "silent",
  });
  await store.loadScripts();
  await store.beat("p2");
  await store.announce(entryOf(A, at("p2"), "all", S), 0);
  await expect.poll(() => store.find(S, A)).toBeNull();
  await store.beat("p1");
  const listing = await store.announce(entryOf(B, at("p1"), "part", S), 50);
  expect(listing).toMatchObject({ others: [], seeders: 0, leechers: 1 });
  const { dead } = await store.beat("p3");
  expect(dead).toContain("p2");
});

// What was sent later would otherwise overtake what has to be sent again.
test("where Redis has forgotten its scripts every command fails, until they are loaded anew", async () => {
  const store = await redisStore(PROCESSES);
  await store.announce(entryOf(A, at("p1"), "all", S), 0);
  await redis.command(["SCRIPT", "FLUSH"]);
  await expect(store.leave(entryOf(A, at("p1"), "all", S))).rejects.toThrow("NOSCRIPT");
  await expect(store.beat("p1")).rejects.toThrow("NOSCRIPT");
  await store.loadScripts();
  expect(await store.find(S, A)).toEqual(at("p1"));
  expect(await store.beat("p1")).toMatchObject({ wasKnown: true });
});

test("an entry that Redis has evicted isn't listed, and harms no announce", async () => {
  const store = await redisStore(PROCESSES);
  await store.announce(entryOf(A, at("p1"), "all", S), 0);
  await store.announce(entryOf(B, at("p1"), "all", S), 0);
  await redis.command(["HDEL", `test${storeCount}:swarm:${S}`, A]);
  const listing = await store.announce(entryOf(C, at("p1"), "part", S), 50);
  expect(listing).toMatchObject({ others: [expect.anything()], seeders: 1, leechers: 1 });
});

type Command =
  | { do: "announce"; entry: Entry; numWant: number }
  | { do: "leave"; entry: Entry }
  | { do: "find"; swarm: SwarmId; peer: PeerId }
  | { do: "sources"; swarms: SwarmId[] }
  | { do: "forget"; process: string }
  | { do: "wait"; ms: number };

const swarm = fc.constantFrom(swarmNumber(1), swarmNumber(2));
const peer = fc.constantFrom(...[1, 2, 3, 4].map(peerNumber));
const process_ = fc.constantFrom(...PROCESSES);
const place = fc.record({
  process: process_,
  connection: fc.constantFrom("c1", "c2"),
  joinedMs: fc.integer({ min: 1, max: 4 }),
});
const held = fc.constantFrom(null, "nothing" as const, "part" as const, "all" as const);
const entry = fc
  .record({ peer, place, held, swarm })
  .map((of) => entryOf(of.peer, of.place, of.held, of.swarm));
const announce = fc.record({
  do: fc.constant("announce" as const),
  entry,
  numWant: fc.constantFrom(0, 1, 50),
});
const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: announce, weight: 5 },
  fc.record({ do: fc.constant("leave" as const), entry }),
  fc.record({ do: fc.constant("find" as const), swarm, peer }),
  fc.record({ do: fc.constant("sources" as const), swarms: fc.array(swarm, { maxLength: 3 }) }),
  fc.record({ do: fc.constant("forget" as const), process: process_ }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: LIFETIME_MS / 2 }) }),
);

/** What a store answers, with what chance decides in it left out. */
async function answerOf(store: SwarmStore, command: Command): Promise<unknown> {
  switch (command.do) {
    case "announce":
      return comparable(await store.announce(command.entry, command.numWant), command.numWant);
    case "leave":
      return store.leave(command.entry);
    case "find":
      return store.find(command.swarm, command.peer);
    case "sources":
      return (await store.sources(command.swarms)).map((sources) => sources.toSorted());
    case "forget":
      return store.forget(command.process);
    case "wait":
      return undefined;
  }
}

function comparable(listing: Listing, numWant: number): unknown {
  if ("takenBy" in listing) return listing;
  const names = listing.others.map(
    ({ introduction, source }) => `${introduction.peerKey} ${source}`,
  );
  return { ...listing, others: numWant < 50 ? names.length : names.toSorted() };
}

test(`memory and Redis agree on ${SEQUENCES} sequences of commands`, async () => {
  const sequence = fc.array(command, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sequence, async (commands) => {
      const [memory, shared] = [memoryStore(), await redisStore(PROCESSES)];
      for (const one of commands) {
        if (one.do === "wait") nowMs += one.ms;
        expect(await answerOf(shared, one)).toEqual(await answerOf(memory, one));
        // A process that has ended is another one when it starts again.
        if (one.do === "forget") await shared.beat(one.process);
      }
    }),
    { numRuns: SEQUENCES },
  );
}, 3_600_000);
