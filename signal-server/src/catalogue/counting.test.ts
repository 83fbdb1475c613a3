import type { SwarmId } from "@shoal/swarm/ids";
import { beforeEach, expect, test } from "vitest";
import { makeShare } from "../../test/share.ts";
import type { Source } from "../address.ts";
import { Catalogue, type Standing } from "./catalogue.ts";
import { Counting } from "./counting.ts";

const [A, B] = ["203.0.113.1", "203.0.113.2"];
const GRACE_MS = 1000;

let nowMs: number;
let isWhole: boolean;
let sources: Map<SwarmId, Source[]>;
let told: SwarmId[];
let ended: Standing[];
let asked: SwarmId[];
let catalogue: Catalogue;
let counting: Counting;
beforeEach(() => {
  nowMs = 1_764_000_000_000;
  isWhole = true;
  sources = new Map();
  told = [];
  ended = [];
  asked = [];
  catalogue = new Catalogue({
    index: { put: () => undefined, remove: () => undefined, count: () => undefined },
    records: 10_000,
    recordsPerSource: 10_000,
    graceMs: GRACE_MS,
  });
  counting = new Counting({
    catalogue,
    sources: async (swarms) => {
      asked.push(...swarms);
      return swarms.map((swarm) => sources.get(swarm) ?? []);
    },
    isWhole: () => isWhole,
    nowMs: () => nowMs,
    changed: (swarms) => told.push(...swarms),
    ended: (standings) => ended.push(...standings),
  });
});

async function list(): Promise<SwarmId> {
  const share = await makeShare(nowMs);
  catalogue.take(await share.entry(), A, nowMs);
  return share.swarm;
}

const countOf = (swarm: SwarmId) => catalogue.listed(swarm, nowMs)?.sources.length;

test("what changes here is looked up, and told to the others; what changes there only looked up", async () => {
  const [here, there] = [await list(), await list()];
  for (let round = 0; round < 4; round++) await counting.tick();
  sources.set(here, [A, B]).set(there, [A]);
  counting.note(here);
  counting.noteElsewhere(there);
  await counting.tick();
  expect([countOf(here), countOf(there)]).toEqual([2, 1]);
  expect(told).toEqual([here]);
});

test("of a share that isn't listed nothing is asked and nothing told", async () => {
  const { swarm } = await makeShare(nowMs);
  counting.note(swarm);
  counting.noteElsewhere(swarm);
  await counting.tick();
  expect([asked, told]).toEqual([[], []]);
});

test("what nobody told of is looked up in its turn", async () => {
  const swarms = [await list(), await list(), await list()];
  for (const swarm of swarms) sources.set(swarm, [A]);
  for (let round = 0; round < swarms.length; round++) await counting.tick();
  expect(swarms.map(countOf)).toEqual([1, 1, 1]);
});

test("what has had no source for too long ends, but not while some processes aren't heard of", async () => {
  const swarm = await list();
  isWhole = false;
  nowMs += GRACE_MS;
  await counting.tick();
  isWhole = true;
  nowMs += GRACE_MS - 1;
  await counting.tick();
  expect([countOf(swarm), ended]).toEqual([0, []]);
  nowMs += 1;
  await counting.tick();
  expect(countOf(swarm)).toBeUndefined();
  expect(ended).toMatchObject([{ signed: { swarm }, hasEnded: true }]);
});
