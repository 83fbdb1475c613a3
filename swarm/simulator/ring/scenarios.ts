/** Rings of many peers: whether whoever is asked for is found, by how many hops and over how many links. */
import { toBase64url } from "../../src/bytes.ts";
import type { RingRecord } from "../../src/overlay/io.ts";
import { apart, positionOf, RING } from "../../src/overlay/position.ts";
import type { Scenario } from "../scenario.ts";
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
/** Payload that a peer sends at most, at rest. */
const REST_BYTES_PER_SEC = 1000;
/** What a contact record has in it. */
const CONTACT_BYTES = 285;

export const RING_SCENARIOS: Readonly<Record<string, Scenario>> = {
  ring: scenario("a ring grows, and stands: hops, links, and what it costs at rest", standing, {
    "hops / bound": 1,
    "most links / bound": 1,
    "failed %": 0,
    "wrong %": 0,
    "bytes a second": REST_BYTES_PER_SEC,
    "busiest's bytes a second": REST_BYTES_PER_SEC,
  }),
  "ring-churn": scenario("half of a ring is replaced within 30 minutes", churning, {
    "failed %": 1,
  }),
  "ring-crash": scenario("30 % of a ring is gone at once; a minute later", crashing, {
    "failed %": 1,
  }),
  "ring-merge": scenario("two rings of half the peers, once one carrier joins them", merging, {
    seconds: MERGE_WITHIN_MS / 1000,
    "failed %": 0,
    "wrong %": 0,
  }),
};

type Figures = Readonly<Record<string, number>>;

/** Its bounds are for each seed: where one is missed, the run fails with that seed. */
function scenario(
  about: string,
  run: (world: World, peers: number) => Promise<Figures>,
  bounds: Figures,
): Scenario {
  const gates = Object.entries(bounds).map(([figure, most]) => ({ figure, most, aim: most }));
  return {
    about,
    run: async (seed, { peers }) => {
      const world = new World(seed);
      const figures = await run(world, peers);
      const problems = gates
        .filter(({ figure, most }) => !((figures[figure] ?? NaN) <= most))
        .map(({ figure, most }) => `${figure} is ${figures[figure]}, more than ${most}`);
      return { seed, figures, problems, trace: world.trace };
    },
    gates,
  };
}

async function standing(world: World, peers: number): Promise<Figures> {
  grow(world, peers, 0);
  const { hops, failed, wrong } = await find(world);
  rest(world);
  const members = [...world.members.values()];
  const perSecond = (byteCount: number): number => byteCount / (REST_MS / 1000);
  const rates = members.map(({ sentBytes }) => perSecond(sentBytes));
  const degrees = members.map(({ ring }) => ring.linkCount);
  const most = Math.max(...degrees);
  return {
    hops,
    "hops / bound": hops / (Math.log2(peers) / 2 + 3),
    links: mean(degrees),
    "most links": most,
    "most links / bound": most / (2 * Math.log2(peers) + 8),
    "failed %": failed,
    "wrong %": wrong,
    "bytes a second": mean(rates),
    "busiest's bytes a second": Math.max(...rates),
  };
}

/** Nobody comes or goes; each is in one swarm, and puts its contact record. */
function rest(world: World): void {
  world.isWeighing = true;
  for (const member of world.members.values()) {
    const [key] = newKeys(world, 1);
    const put = (): void => world.put(member, recordOf(world, key ?? "", CONTACT_BYTES));
    world.timeline.in(world.chance.between(0, PUT_AGAIN_MS), put);
  }
  world.run(REST_MS);
  world.isWeighing = false;
}

async function churning(world: World, peers: number): Promise<Figures> {
  grow(world, peers, 0);
  const keys = newKeys(world, KEYS);
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
    const contact = world.any();
    world.introduce(world.add(), contact);
    const meanMs = HALF_HOUR_MS / (peers / 2);
    world.timeline.in(-Math.log(1 - world.chance.next()) * meanMs, replace);
  };
  replace();
  const { hops, failed } = await get(world, keys, HALF_HOUR_MS - 2 * LOOKUP_MS);
  return { hops, "failed %": failed };
}

async function crashing(world: World, peers: number): Promise<Figures> {
  grow(world, peers, 0);
  const keys = newKeys(world, KEYS);
  putAll(world, keys);
  world.run(LOOKUP_MS);
  const gone = world.chance.sample([...world.members.values()], Math.floor(peers * CRASHING));
  for (const member of gone) world.crash(member);
  world.run(CRASH_WITHIN_MS);
  const { hops, failed } = await get(world, keys, LOOKUP_MS);
  return { hops, "failed %": failed };
}

async function merging(world: World, peers: number): Promise<Figures> {
  const half = Math.floor(peers / 2);
  grow(world, half, 0);
  grow(world, peers - half, 1);
  const members = [...world.members.values()];
  const one = members.find(({ group }) => group === 0);
  const other = members.find(({ group }) => group === 1);
  if (one === undefined || other === undefined) throw new Error("two peers at least");
  world.introduce(one, other);
  const sinceMs = world.nowMs;
  while (!isOneRing(members) && world.nowMs <= sinceMs + MERGE_WITHIN_MS) world.run(LOOK_MS);
  const seconds = (world.nowMs - sinceMs) / 1000;
  world.run(SETTLE_MS);
  const { hops, failed, wrong } = await find(world);
  return { seconds, hops, "failed %": failed, "wrong %": wrong };
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

const newKeys = (world: World, count: number): string[] =>
  Array.from({ length: count }, () => toBase64url(world.chance.bytes(32)));

const SLOT = toBase64url(new Uint8Array(16));

const recordOf = ({ nowMs }: World, key: string, contentBytes: number): RingRecord => ({
  key,
  slot: SLOT,
  sequence: nowMs,
  expiresMs: nowMs + RECORD_LIFE_MS,
  content: new Uint8Array(contentBytes),
});

function putAll(world: World, keys: readonly string[]): void {
  for (const key of keys) world.put(world.any(), recordOf(world, key, CONTACT_BYTES));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

type Lookups = {
  /** In the mean. */
  readonly hops: number;
  /** Of those whose asker was there until the end. */
  readonly failed: number;
  /** That found another than the nearest, in per cent like those that failed. */
  readonly wrong: number;
};

/** What one lookup came to; null: to nothing. */
type Look = { readonly hops: number; readonly isRight: boolean } | "gone" | null;

/** Looks for whoever is nearest to positions by chance. */
async function find(world: World): Promise<Lookups> {
  const places = [...world.members.values()].map(({ id }) => ({ id, at: positionOf(id) }));
  return lookups(world, LOOKUP_MS, async () => {
    const target = Math.floor(world.chance.next() * RING);
    const found = await world.find(world.any(), target);
    if (found.type !== "found") return found.type === "gone" ? "gone" : null;
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
    if (found.type !== "found") return found.type === "gone" ? "gone" : null;
    return found.records.length > 0 ? { hops: found.hops, isRight: true } : null;
  });
}

async function lookups(world: World, overMs: number, look: () => Promise<Look>): Promise<Lookups> {
  const all: Promise<Look>[] = [];
  for (let count = 0; count < LOOKUPS; count++) {
    all.push(look());
    world.run(overMs / LOOKUPS);
  }
  world.run(LOOKUP_MS);
  const ended = (await Promise.all(all)).filter((one) => one !== "gone");
  const found = ended.filter((one) => one !== null);
  const percent = (count: number): number => (100 * count) / ended.length;
  return {
    hops: mean(found.map(({ hops }) => hops)),
    failed: percent(ended.length - found.length),
    wrong: percent(found.filter(({ isRight }) => !isRight).length),
  };
}
