/** Rings of many peers: whether whoever is asked for is found, by how many hops and over how many links. */
import { toBase64url } from "../../src/bytes.ts";
import type { RingRecord } from "../../src/overlay/io.ts";
import { apart, positionOf, RING } from "../../src/overlay/position.ts";
import type { Gate, Outcome, Scenario, Settings } from "../scenario.ts";
import { type Member, World } from "./world.ts";

/** Of those that are there, so many come in a second while a ring grows. */
const GROWTH = 0.05;
/** By then a ring that has grown stands. */
const SETTLE_MS = 180_000;
const KEYS = 200;
const LOOKUPS = 1000;
/** A lookup's three tries are over by then. */
const LOOKUP_MS = 15_000;
const HALF_HOUR_MS = 30 * 60_000;
/** A record is put again this often by whoever it is of. */
const PUT_AGAIN_MS = 10 * 60_000;
const RECORD_LIFE_MS = 25 * 60_000;
const CRASHING = 0.3;
const CRASH_WITHIN_MS = 60_000;
/** So often it is looked whether two rings are one. */
const LOOK_MS = 5_000;
const MERGE_WITHIN_MS = 20 * 60_000;
const REST_MS = 10 * 60_000;

export const RING_SCENARIOS: Readonly<Record<string, Scenario>> = {
  ring: {
    about: "a ring grows, and stands: hops, links, and what it costs at rest",
    run: standing,
    gates: [
      { figure: "hops / bound", most: 1, aim: 1 },
      { figure: "most links / bound", most: 1, aim: 1 },
      { figure: "failed %", most: 0, aim: 0 },
      { figure: "bytes a second", most: 1000, aim: 1000 },
    ],
  },
  "ring-churn": {
    about: "half of a ring is replaced within 30 minutes",
    run: churning,
    gates: [failing(1)],
  },
  "ring-crash": {
    about: "30 % of a ring is gone at once; a minute later",
    run: crashing,
    gates: [failing(1)],
  },
  "ring-merge": {
    about: "two rings of half the peers become one when one carrier joins them",
    run: merging,
    gates: [],
  },
};

function failing(most: number): Gate {
  return { figure: "failed %", most, aim: most };
}

async function standing(seed: number, { peers }: Settings): Promise<Outcome> {
  const world = new World(seed);
  grow(world, peers, 0);
  const { hops, failed, wrong } = await find(world);
  const before = { messages: world.messageCount, bytes: world.byteCount };
  world.isWeighing = true;
  world.run(REST_MS);
  const perPeer = (count: number): number => count / peers / (REST_MS / 1000);
  const degrees = [...world.members.values()].map(({ ring }) => ring.linkCount);
  const most = Math.max(...degrees);
  const figures = {
    hops,
    "hops / bound": hops / (Math.log2(peers) / 2 + 3),
    links: degrees.reduce((sum, degree) => sum + degree, 0) / peers,
    "most links": most,
    "most links / bound": most / (2 * Math.log2(peers) + 8),
    "failed %": failed,
    "messages a second": perPeer(world.messageCount - before.messages),
    "bytes a second": perPeer(world.byteCount - before.bytes),
  };
  const problems = wrong > 0 ? [`${wrong} of ${LOOKUPS} didn't find the nearest`] : [];
  return { seed, figures, problems, trace: world.trace };
}

async function churning(seed: number, { peers }: Settings): Promise<Outcome> {
  const world = new World(seed);
  grow(world, peers, 0);
  const keys = newKeys(world);
  const endMs = world.nowMs + HALF_HOUR_MS;
  const put = (): void => {
    if (world.nowMs > endMs) return;
    putAll(world, keys);
    world.timeline.in(PUT_AGAIN_MS, put);
  };
  put();
  world.run(LOOKUP_MS);
  const replace = (): void => {
    if (world.nowMs > endMs) return;
    const gone = world.any();
    if (world.chance.happens(0.5)) world.crash(gone);
    else world.leave(gone);
    world.introduce(world.add(), world.any());
    const meanMs = HALF_HOUR_MS / (peers / 2);
    world.timeline.in(-Math.log(1 - world.chance.next()) * meanMs, replace);
  };
  replace();
  const { hops, failed } = await get(world, keys, HALF_HOUR_MS - 2 * LOOKUP_MS);
  return { seed, figures: { hops, "failed %": failed }, problems: [], trace: world.trace };
}

async function crashing(seed: number, { peers }: Settings): Promise<Outcome> {
  const world = new World(seed);
  grow(world, peers, 0);
  const keys = newKeys(world);
  putAll(world, keys);
  world.run(LOOKUP_MS);
  const gone = world.chance.sample([...world.members.values()], Math.floor(peers * CRASHING));
  for (const member of gone) world.crash(member);
  world.run(CRASH_WITHIN_MS);
  const { hops, failed } = await get(world, keys, LOOKUP_MS);
  return { seed, figures: { hops, "failed %": failed }, problems: [], trace: world.trace };
}

async function merging(seed: number, { peers }: Settings): Promise<Outcome> {
  const world = new World(seed);
  const half = Math.floor(peers / 2);
  grow(world, half, 0);
  grow(world, peers - half, 1);
  const members = [...world.members.values()];
  const one = members.find(({ group }) => group === 0);
  const other = members.find(({ group }) => group === 1);
  if (one === undefined || other === undefined) throw new Error("two peers at least");
  world.introduce(one, other);
  const sinceMs = world.nowMs;
  while (!isOneRing(members) && world.nowMs < sinceMs + MERGE_WITHIN_MS) world.run(LOOK_MS);
  const seconds = (world.nowMs - sinceMs) / 1000;
  const problems = isOneRing(members) ? [] : ["two rings are left"];
  const { failed } = await find(world);
  return { seed, figures: { seconds, "failed %": failed }, problems, trace: world.trace };
}

/** Peers come to each other by another carrier than the ring, to anyone of their group. */
function grow(world: World, peers: number, group: number): void {
  const mine: Member[] = [];
  const add = (): void => {
    const contact = mine.length === 0 ? null : world.chance.of(mine);
    const member = world.add();
    member.group = group;
    if (contact !== null) world.introduce(member, contact);
    mine.push(member);
  };
  add();
  while (mine.length < peers) {
    const coming = Math.min(peers - mine.length, Math.max(1, Math.floor(mine.length * GROWTH)));
    for (let count = 0; count < coming; count++) add();
    world.run(1000);
  }
  world.run(SETTLE_MS);
}

function isOneRing(members: readonly Member[]): boolean {
  const ordered = members.toSorted((one, other) => positionOf(one.id) - positionOf(other.id));
  return ordered.every(({ ring }, index) => {
    const next = ordered[(index + 1) % ordered.length];
    return next !== undefined && ring.near().includes(next.id);
  });
}

const newKeys = (world: World): string[] =>
  Array.from({ length: KEYS }, () => toBase64url(world.chance.bytes(32)));

function putAll(world: World, keys: readonly string[]): void {
  const slot = toBase64url(new Uint8Array(16));
  for (const key of keys) {
    const expiresMs = world.nowMs + RECORD_LIFE_MS;
    const content = new Uint8Array(200);
    const record: RingRecord = { key, slot, sequence: world.nowMs, expiresMs, content };
    world.put(world.any(), record);
  }
}

type Lookups = {
  /** In the mean. */
  readonly hops: number;
  /** Per cent. */
  readonly failed: number;
  /** That found another than the nearest. */
  readonly wrong: number;
};

/** Looks for whoever is nearest to positions by chance. */
async function find(world: World): Promise<Lookups> {
  const places = [...world.members.values()].map(({ id }) => ({ id, at: positionOf(id) }));
  return lookups(world, LOOKUP_MS, async () => {
    const target = Math.floor(world.chance.next() * RING);
    const found = await world.find(world.any(), target);
    if (found.type === "lost") return null;
    const nearest = places.reduce((best, one) =>
      apart(one.at, target) < apart(best.at, target) ? one : best,
    );
    return { hops: found.hops, isRight: found.nearest === nearest.id };
  });
}

/** Looks for records, over so much time. */
async function get(world: World, keys: readonly string[], overMs: number): Promise<Lookups> {
  return lookups(world, overMs, async () => {
    const found = await world.get(world.any(), world.chance.of(keys));
    const isThere = found.type === "found" && found.records.length > 0;
    return isThere ? { hops: found.hops, isRight: true } : null;
  });
}

async function lookups(
  world: World,
  overMs: number,
  look: () => Promise<{ readonly hops: number; readonly isRight: boolean } | null>,
): Promise<Lookups> {
  const all: ReturnType<typeof look>[] = [];
  for (let count = 0; count < LOOKUPS; count++) {
    all.push(look());
    world.run(overMs / LOOKUPS);
  }
  world.run(LOOKUP_MS);
  const found = (await Promise.all(all)).filter((one) => one !== null);
  return {
    hops: found.reduce((sum, { hops }) => sum + hops, 0) / found.length,
    failed: (100 * (LOOKUPS - found.length)) / LOOKUPS,
    wrong: found.filter(({ isRight }) => !isRight).length,
  };
}
