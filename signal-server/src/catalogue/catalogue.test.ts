import type { SwarmId } from "@shoal/swarm/ids";
import { swarmIdOf } from "@shoal/swarm/ids";
import { beforeEach, describe, expect, test } from "vitest";
import { HOUR_MS, makeShare } from "../../test/share.ts";
import { Catalogue, KEPT_MS } from "./catalogue.ts";

const NOW = 1_764_000_000_000;
const GRACE_MS = 300_000;
const [A, B] = ["203.0.113.1", "203.0.113.2"];

let catalogue: Catalogue;
/** What the index was told, and has to find: the title, and how many sources. */
let found: Map<SwarmId, { title: string; sources: number }>;
let puts: number;
beforeEach(() => {
  found = new Map();
  puts = 0;
  catalogue = open();
});

const open = (bounds = { records: 100, recordsPerSource: 3 }): Catalogue =>
  new Catalogue({
    index: {
      put({ swarm, title, sources }) {
        puts += 1;
        found.set(swarm, { title, sources });
      },
      remove: (swarm) => void found.delete(swarm),
      count(swarm, sources) {
        const { title } = found.get(swarm) ?? { title: "never put" };
        found.set(swarm, { title, sources });
      },
    },
    ...bounds,
    graceMs: GRACE_MS,
  });

const titles = () => [...found.values()].map(({ title }) => title);

describe("what a share's key says", () => {
  test("an entry can be found, and what renews it isn't told to the index again", async () => {
    const share = await makeShare(NOW);
    expect(catalogue.take(await share.entry(), A, NOW)).toBe("listed");
    expect(titles()).toEqual(["Lisbon in May"]);
    expect(catalogue.take(await share.entry(), B, NOW + 5)).toBe("listed");
    expect(puts).toBe(1);
    expect(catalogue.listed(share.swarm, NOW + 5)).toMatchObject({ listedMs: NOW });
    expect(catalogue.take(await share.entry({ title: "Porto" }), A, NOW)).toBe("listed");
    expect(titles()).toEqual(["Porto"]);
  });

  test("the same statement may come again, whoever brings it; an older one may not", async () => {
    const share = await makeShare(NOW);
    const [first, second] = [await share.entry(), await share.entry({ title: "Porto" })];
    catalogue.take(first, A, NOW);
    expect(catalogue.take(first, B, NOW)).toBe("listed");
    expect(catalogue.take(second, A, NOW)).toBe("listed");
    expect(catalogue.take(first, A, NOW)).toBe("outdated");
    const twin = await share.entry({ title: "Faro", sequence: second.stated.sequence });
    expect(catalogue.take(twin, A, NOW)).toBe("outdated");
    expect(titles()).toEqual(["Porto"]);
  });

  test("a withdrawn entry is gone, and stays so whatever comes again", async () => {
    const share = await makeShare(NOW);
    const entry = await share.entry({ expiresMs: NOW + 24 * HOUR_MS });
    const withdrawal = await share.withdrawal({ expiresMs: NOW + HOUR_MS });
    catalogue.take(entry, A, NOW);
    expect(catalogue.take(withdrawal, A, NOW)).toBe("withdrawn");
    expect(titles()).toEqual([]);
    expect(catalogue.listed(share.swarm, NOW)).toBeNull();
    for (const later of [0, 2 * HOUR_MS, 24 * HOUR_MS - 1]) {
      catalogue.walk(10, NOW + later);
      expect(catalogue.take(entry, B, NOW + later)).toBe("outdated");
    }
    catalogue.walk(10, NOW + KEPT_MS);
    expect(catalogue.size.records).toBe(0);
    expect(catalogue.take(entry, A, NOW + KEPT_MS)).toBe("expired");
    expect(titles()).toEqual([]);
  });

  test("a withdrawal that comes before its entry works the same way", async () => {
    const share = await makeShare(NOW);
    const entry = await share.entry({ expiresMs: NOW + 24 * HOUR_MS });
    expect(catalogue.take(await share.withdrawal(), A, NOW)).toBe("withdrawn");
    expect(catalogue.take(entry, A, NOW)).toBe("outdated");
    expect(catalogue.take(await share.entry({ title: "Anew" }), A, NOW)).toBe("listed");
    expect(titles()).toEqual(["Anew"]);
  });

  test("an entry whose newer one has expired or ended doesn't come back", async () => {
    const share = await makeShare(NOW);
    const older = await share.entry({ expiresMs: NOW + 24 * HOUR_MS });
    const newer = await share.entry({ title: "Porto", expiresMs: NOW + HOUR_MS });
    catalogue.take(older, A, NOW);
    catalogue.take(newer, A, NOW);
    expect(catalogue.listed(share.swarm, NOW + HOUR_MS)).toBeNull();
    catalogue.walk(1, NOW + HOUR_MS);
    expect(titles()).toEqual([]);
    expect(catalogue.take(older, A, NOW + HOUR_MS)).toBe("outdated");
    expect(catalogue.take(newer, A, NOW + HOUR_MS)).toBe("expired");
  });

  test("what expires too late is no statement: a clock isn't so wrong", async () => {
    const share = await makeShare(NOW);
    const entry = await share.entry({ expiresMs: NOW + KEPT_MS + 1 });
    expect(catalogue.take(entry, A, NOW)).toBe("malformed");
    expect(catalogue.take(entry, A, NOW + 1)).toBe("listed");
  });
});

describe("sources", () => {
  test("are counted, and found again by where they are", async () => {
    const share = await makeShare(NOW);
    catalogue.take(await share.entry(), A, NOW);
    catalogue.setSources(share.swarm, [A, B], NOW);
    expect(found.get(share.swarm)).toMatchObject({ sources: 2 });
    expect(catalogue.near(A, 10)).toEqual([share.swarm]);
    expect(catalogue.near(A, 0)).toEqual([]);
    catalogue.setSources(share.swarm, [B], NOW);
    expect(catalogue.near(A, 10)).toEqual([]);
    expect(catalogue.near(B, 10)).toEqual([share.swarm]);
    catalogue.take(await share.withdrawal(), A, NOW);
    expect(catalogue.near(B, 10)).toEqual([]);
  });

  test("of a share that isn't listed are nobody's business", () => {
    const unlisted = swarmIdOf(new Uint8Array(32));
    catalogue.setSources(unlisted, [A], NOW);
    expect(catalogue.near(A, 10)).toEqual([]);
    expect(catalogue.size).toEqual({ listed: 0, records: 0 });
  });

  test("an entry without any ends after the grace time, and is back with the same statement", async () => {
    const share = await makeShare(NOW);
    const entry = await share.entry();
    catalogue.take(entry, A, NOW);
    catalogue.setSources(share.swarm, [A], NOW);
    const leftMs = NOW + HOUR_MS;
    expect(catalogue.endLacking(true, leftMs)).toEqual([]);
    catalogue.setSources(share.swarm, [], leftMs);
    catalogue.setSources(share.swarm, [], leftMs + GRACE_MS - 1);
    expect(catalogue.endLacking(true, leftMs + GRACE_MS - 1)).toEqual([]);
    const ended = catalogue.endLacking(true, leftMs + GRACE_MS);
    expect(ended).toMatchObject([{ signed: entry, hasEnded: true }]);
    expect(titles()).toEqual([]);
    expect(catalogue.take(entry, B, leftMs + GRACE_MS)).toBe("listed");
    expect(titles()).toEqual(["Lisbon in May"]);
  });

  test("while it isn't known of all whether they are there, no entry ends", async () => {
    const share = await makeShare(NOW);
    catalogue.take(await share.entry(), A, NOW);
    for (const later of [GRACE_MS, 2 * GRACE_MS]) {
      expect(catalogue.endLacking(false, NOW + later)).toEqual([]);
    }
    expect(catalogue.endLacking(true, NOW + 3 * GRACE_MS - 1)).toEqual([]);
    expect(catalogue.endLacking(true, NOW + 3 * GRACE_MS)).toHaveLength(1);
  });
});

describe("bounds", () => {
  test("a source brings so many shares, and withdrawn ones are among them", async () => {
    const shares = await Promise.all(Array.from({ length: 4 }, () => makeShare(NOW)));
    const [first, , , last] = shares;
    if (first === undefined || last === undefined) throw new Error("four shares");
    for (const share of shares.slice(0, 3)) catalogue.take(await share.entry(), A, NOW);
    expect(catalogue.take(await last.entry(), A, NOW)).toBe("too-many");
    expect(catalogue.take(await first.withdrawal(), A, NOW)).toBe("withdrawn");
    expect(catalogue.take(await last.withdrawal(), A, NOW)).toBe("too-many");
    expect(catalogue.take(await last.entry(), B, NOW)).toBe("listed");
    // Who brought it keeps it: what renews it is never one too many.
    expect(catalogue.take(await last.entry(), A, NOW)).toBe("listed");
    catalogue.walk(10, NOW + KEPT_MS);
    const later = await makeShare(NOW + KEPT_MS);
    expect(catalogue.take(await later.entry(), A, NOW + KEPT_MS)).toBe("listed");
  });

  test("all sources together bring so many", async () => {
    catalogue = open({ records: 2, recordsPerSource: 2 });
    const shares = await Promise.all(Array.from({ length: 4 }, () => makeShare(NOW)));
    const outcomes = [];
    for (const [index, share] of shares.entries()) {
      outcomes.push(catalogue.take(await share.entry(), `203.0.113.${index}`, NOW));
    }
    expect(outcomes).toEqual(["listed", "listed", "too-many", "too-many"]);
    const [, , , last] = shares;
    const signed = await last?.entry();
    if (signed === undefined) throw new Error("four shares");
    const standing = { signed, from: A, takenMs: NOW, listedMs: NOW, hasEnded: false };
    expect(catalogue.adopt(standing, NOW)).toBe(false);
    expect(catalogue.size).toEqual({ listed: 2, records: 2 });
  });

  test("walking goes through all, so many at a time, and forgets what can't be replayed", async () => {
    catalogue = open({ records: 10, recordsPerSource: 10 });
    const shares = await Promise.all(Array.from({ length: 5 }, () => makeShare(NOW)));
    for (const share of shares) catalogue.take(await share.entry(), A, NOW);
    const walked = [catalogue.walk(2, NOW), catalogue.walk(2, NOW), catalogue.walk(2, NOW)].flat();
    expect(new Set(walked)).toEqual(new Set(shares.map(({ swarm }) => swarm)));
    catalogue.walk(3, NOW + KEPT_MS);
    catalogue.walk(3, NOW + KEPT_MS);
    expect(catalogue.size).toEqual({ listed: 0, records: 0 });
    expect(titles()).toEqual([]);
  });
});

describe("a blocklist", () => {
  test("takes entries away at once, and refuses them; without it they are back", async () => {
    const [share, other] = [await makeShare(NOW), await makeShare(NOW)];
    catalogue.take(await share.entry(), A, NOW);
    catalogue.take(await other.entry({ title: "Other" }), A, NOW);
    catalogue.block(new Set([share.swarm]), NOW);
    expect(titles()).toEqual(["Other"]);
    expect(catalogue.listed(share.swarm, NOW)).toBeNull();
    expect(catalogue.take(await share.entry(), A, NOW)).toBe("blocked");
    catalogue.block(new Set(), NOW);
    expect(titles()).toEqual(["Other", "Lisbon in May"]);
  });
});

describe("what all processes go by", () => {
  const standingOf = async (signed: Promise<Parameters<Catalogue["take"]>[0]>, fields = {}) => ({
    signed: await signed,
    from: B,
    takenMs: NOW,
    listedMs: NOW - 5,
    hasEnded: false,
    ...fields,
  });

  test("is taken where it is newer, and whether it has ended where it is the same", async () => {
    const share = await makeShare(NOW);
    const [older, newer] = [await share.entry(), await share.entry({ title: "Porto" })];
    expect(catalogue.adopt(await standingOf(Promise.resolve(newer)), NOW)).toBe(true);
    expect(catalogue.listed(share.swarm, NOW)).toMatchObject({ listedMs: NOW - 5 });
    expect(catalogue.adopt(await standingOf(Promise.resolve(older)), NOW)).toBe(false);
    expect(titles()).toEqual(["Porto"]);
    catalogue.adopt(await standingOf(Promise.resolve(newer), { hasEnded: true }), NOW);
    expect(titles()).toEqual([]);
    catalogue.adopt(await standingOf(Promise.resolve(newer)), NOW);
    expect(titles()).toEqual(["Porto"]);
  });

  test("isn't shown where it is blocked here, nor taken when its time is over", async () => {
    const share = await makeShare(NOW);
    catalogue.block(new Set([share.swarm]), NOW);
    catalogue.adopt(await standingOf(share.entry()), NOW);
    expect(titles()).toEqual([]);
    const other = await makeShare(NOW);
    expect(catalogue.adopt(await standingOf(other.entry()), NOW + KEPT_MS)).toBe(false);
  });
});
