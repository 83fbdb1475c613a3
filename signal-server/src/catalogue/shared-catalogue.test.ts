/** Catalogues around a real Redis, with a clock of the test's own. */
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { startLinkedRedis } from "../../test/redis.ts";
import { makeShare, type TestShare } from "../../test/share.ts";
import type { RedisLink } from "../redis.ts";
import { Catalogue, KEPT_MS } from "./catalogue.ts";
import { SharedCatalogue } from "./shared-catalogue.ts";

const HERE = "203.0.113.7";
const GRACE_MS = 1000;

let redis: RedisLink;
let nowMs: number;
let prefix: string;
let prefixCount = 0;
beforeAll(async () => {
  const linked = await startLinkedRedis();
  ({ redis } = linked);
  return () => linked.stop();
});
beforeEach(() => {
  nowMs = 1_764_000_000_000;
  prefix = `test${++prefixCount}`;
});

/** One that is told of nothing: it only knows what it asks for. */
function open() {
  const catalogue = new Catalogue({
    index: { put: () => undefined, remove: () => undefined, count: () => undefined },
    records: 1000,
    recordsPerSource: 1000,
    graceMs: GRACE_MS,
  });
  const shared = new SharedCatalogue({
    redis: { command: (args) => redis.command(args), subscribe: async () => undefined },
    prefix,
    catalogue,
    crypto: webCrypto(),
    nowMs: () => nowMs,
    noteElsewhere: () => undefined,
  });
  const titleOf = ({ swarm }: TestShare) => catalogue.listed(swarm, nowMs)?.entry.title ?? null;
  return { catalogue, shared, titleOf };
}

const storedCount = async () => [
  await redis.command(["HLEN", `${prefix}:catalogue:standing`]),
  await redis.command(["ZCARD", `${prefix}:catalogue:changed`]),
  await redis.command(["ZCARD", `${prefix}:catalogue:kept`]),
];

test("more than one step brings is fetched all the same, and each change once", async () => {
  const [one, other] = [open(), open()];
  await one.shared.sync();
  const shares = await Promise.all(Array.from({ length: 450 }, () => makeShare(nowMs)));
  for (const share of shares) {
    one.catalogue.take(await share.entry(), HERE, nowMs);
    await one.shared.save(share.swarm);
  }
  await other.shared.sync();
  expect(other.catalogue.size.listed).toBe(450);
});

test("the newest statement holds at all, whoever tells first", async () => {
  const [one, other, third] = [open(), open(), open()];
  const share = await makeShare(nowMs);
  const [older, newer] = [await share.entry(), await share.entry({ title: "Porto" })];
  for (const { shared } of [one, other]) await shared.sync();
  one.catalogue.take(newer, HERE, nowMs);
  other.catalogue.take(older, HERE, nowMs);
  await one.shared.save(share.swarm);
  await other.shared.save(share.swarm);
  for (const { shared } of [one, other, third]) await shared.sync();
  for (const { titleOf } of [one, other, third]) expect(titleOf(share)).toBe("Porto");
});

test("two with one number are one at all: the one that was stored first", async () => {
  const [one, other] = [open(), open()];
  const share = await makeShare(nowMs);
  for (const { shared } of [one, other]) await shared.sync();
  one.catalogue.take(await share.entry({ title: "One", sequence: 5 }), HERE, nowMs);
  other.catalogue.take(await share.entry({ title: "Other", sequence: 5 }), HERE, nowMs);
  await one.shared.save(share.swarm);
  await other.shared.save(share.swarm);
  for (const { shared } of [one, other]) await shared.sync();
  expect([one.titleOf(share), other.titleOf(share)]).toEqual(["One", "One"]);
});

test("an entry that has ended at one ends at all, and is back at all with its statement", async () => {
  const [one, other] = [open(), open()];
  const share = await makeShare(nowMs);
  const entry = await share.entry();
  for (const { shared } of [one, other]) await shared.sync();
  one.catalogue.take(entry, HERE, nowMs);
  await one.shared.save(share.swarm);
  await other.shared.sync();
  nowMs += GRACE_MS;
  expect(one.catalogue.endLacking(true, nowMs)).toHaveLength(1);
  await one.shared.save(share.swarm);
  await other.shared.sync();
  expect(other.titleOf(share)).toBeNull();
  other.catalogue.take(entry, HERE, nowMs);
  await other.shared.save(share.swarm);
  await one.shared.sync();
  expect(one.titleOf(share)).toBe("Lisbon in May");
});

test("one that was cut off keeps what has sources there, though others have ended it", async () => {
  const [one, other] = [open(), open()];
  const share = await makeShare(nowMs);
  await one.shared.sync();
  one.catalogue.take(await share.entry(), HERE, nowMs);
  await one.shared.save(share.swarm);
  await other.shared.sync();
  one.catalogue.setSources(share.swarm, [HERE], nowMs);
  nowMs += GRACE_MS;
  other.catalogue.endLacking(true, nowMs);
  await other.shared.save(share.swarm);
  // As after a while without Redis, which forgets its scripts when it starts anew.
  await redis.command(["SCRIPT", "FLUSH"]);
  await one.shared.sync();
  await one.shared.sync();
  await other.shared.sync();
  expect([one.titleOf(share), other.titleOf(share)]).toEqual(["Lisbon in May", "Lisbon in May"]);
});

test("a Redis that has forgotten everything is told again, whatever it was told since", async () => {
  const [one, other] = [open(), open()];
  const [share, more] = [await makeShare(nowMs), await makeShare(nowMs)];
  for (const { shared } of [one, other]) await shared.sync();
  one.catalogue.take(await share.entry(), HERE, nowMs);
  await one.shared.save(share.swarm);
  await redis.command(["FLUSHALL"]);
  other.catalogue.take(await more.entry(), HERE, nowMs);
  await other.shared.save(more.swarm);
  for (const { shared } of [one, other, one]) await shared.sync();
  for (const { catalogue } of [one, other]) expect(catalogue.size.listed).toBe(2);
});

test("what can't be replayed any more is forgotten by Redis too, and it alone", async () => {
  const { catalogue, shared } = open();
  await shared.sync();
  const old = await makeShare(nowMs);
  catalogue.take(await old.entry(), HERE, nowMs);
  await shared.save(old.swarm);
  nowMs += 10;
  const young = await makeShare(nowMs);
  catalogue.take(await young.withdrawal(), HERE, nowMs);
  await shared.save(young.swarm);
  await shared.forgetOld();
  expect(await storedCount()).toEqual([2, 2, 2]);
  nowMs += KEPT_MS - 10;
  await shared.forgetOld();
  expect(await storedCount()).toEqual([1, 1, 1]);
  nowMs += 10;
  await shared.forgetOld();
  expect(await storedCount()).toEqual([0, 0, 0]);
});
