/** The catalogue of several processes, around a Redis that comes, goes and forgets. */
import type { SwarmId } from "@shoal/swarm/ids";
import { beforeEach, describe, expect, test } from "vitest";
import { openLog } from "../src/log.ts";
import { linkRedis } from "../src/redis.ts";
import { memberOf, type TestPeer } from "./peer.ts";
import { isShared, Processes, SOON } from "./processes.ts";
import type { TestServer } from "./running.ts";
import { makeShare, type TestShare } from "./share.ts";

let processes: Processes;
beforeEach(async () => {
  processes = await Processes.around();
  return () => processes.close();
});

/** With a catalogue. */
const withCatalogue = (fields = {}) => ({
  catalogue: {
    graceMs: 300_000,
    entriesPerAddress: 100,
    blocklistFile: null,
    reportsFile: null,
    ...fields,
  },
});

async function put(server: TestServer, body: Uint8Array<ArrayBuffer>): Promise<number> {
  const response = await fetch(`${server.url}/api/v1/catalogue/entries`, {
    method: "PUT",
    headers: { "Content-Type": "application/octet-stream" },
    body,
  });
  return response.status;
}

/** What of a share is found: its title and how many sources it has; null where it isn't there. */
async function foundAt(server: TestServer, swarm: SwarmId): Promise<[string, number] | null> {
  const response = await fetch(`${server.url}/api/v1/catalogue`);
  if (!response.ok) return null;
  const { entries } = (await response.json()) as {
    entries: { swarm: string; title: string; sources: number }[];
  };
  const entry = entries.find((one) => one.swarm === swarm);
  return entry ? [entry.title, entry.sources] : null;
}

const finds = (server: TestServer, { swarm }: TestShare, what: [string, number] | null) =>
  expect.poll(() => foundAt(server, swarm), SOON).toEqual(what);

async function seeder(server: TestServer, swarm: SwarmId): Promise<TestPeer> {
  const { peer } = await memberOf(server.port, swarm);
  await peer.announce(swarm, 0, "all");
  return peer;
}

describe("what one process takes", () => {
  test("all find, with sources of all; and what is withdrawn at another is gone from all", async () => {
    const [one, other] = await processes.startTwo(withCatalogue());
    const share = await makeShare();
    const entry = await share.entry();
    expect(await put(one, entry.bytes)).toBe(200);
    await finds(other, share, ["Lisbon in May", 0]);
    const peer = await seeder(one, share.swarm);
    await finds(other, share, ["Lisbon in May", 1]);
    await finds(one, share, ["Lisbon in May", 1]);
    peer.socket.disconnect();
    await finds(other, share, ["Lisbon in May", 0]);
    expect(await put(other, (await share.withdrawal()).bytes)).toBe(200);
    await finds(one, share, null);
    expect(await put(one, entry.bytes)).toBe(409);
  });

  test("one that starts later has, withdrawals and ends included", async () => {
    const one = await processes.start(withCatalogue({ graceMs: 500 }));
    await isShared(one);
    const [kept, withdrawn, ended] = [await makeShare(), await makeShare(), await makeShare()];
    await seeder(one, kept.swarm);
    const old = await withdrawn.entry();
    for (const signed of [await kept.entry(), old, await withdrawn.withdrawal()]) {
      expect(await put(one, signed.bytes)).toBe(200);
    }
    await put(one, (await ended.entry()).bytes);
    await finds(one, ended, null);
    const late = await processes.start(withCatalogue());
    await finds(late, kept, ["Lisbon in May", 1]);
    expect(await foundAt(late, ended.swarm)).toBeNull();
    expect(await put(late, old.bytes)).toBe(409);
  });

  test("outlives it, as long as there are sources", async () => {
    const [one, other] = await processes.startTwo(withCatalogue({ graceMs: 1000 }));
    const share = await makeShare();
    await put(one, (await share.entry()).bytes);
    await seeder(other, share.swarm);
    await processes.stop(one);
    await finds(other, share, ["Lisbon in May", 1]);
    const back = await processes.start(withCatalogue({ graceMs: 1000 }));
    await finds(back, share, ["Lisbon in May", 1]);
  });

  test("is one address's among all: so many at all processes together", async () => {
    const [one, other] = await processes.startTwo(withCatalogue({ entriesPerAddress: 1 }));
    const [share, more] = [await makeShare(), await makeShare()];
    await put(one, (await share.entry()).bytes);
    await finds(other, share, ["Lisbon in May", 0]);
    expect(await put(other, (await more.entry()).bytes)).toBe(429);
  });
});

describe("Redis", () => {
  test.each(["killed", "hanging"])(
    "that is %s and comes back has lost no entry whose source is there",
    async (how) => {
      const [one, other] = await processes.startTwo(withCatalogue({ graceMs: 1000 }));
      const [before, meanwhile] = [await makeShare(), await makeShare()];
      await put(one, (await before.entry()).bytes);
      await seeder(one, before.swarm);
      await finds(other, before, ["Lisbon in May", 1]);
      if (how === "killed") await processes.redis.kill();
      else processes.redis.freeze();
      // What is taken while it is away is found where it was taken.
      await put(other, (await meanwhile.entry({ title: "Meanwhile" })).bytes);
      await seeder(other, meanwhile.swarm);
      await finds(other, meanwhile, ["Meanwhile", 1]);
      // Nobody knows whether its source is there.
      await expect
        .poll(async () => (await fetch(`${other.url}/ready`)).text(), SOON)
        .toContain("Redis is away");
      expect(await foundAt(other, before.swarm)).not.toBeNull();
      if (how === "killed") await processes.redis.start();
      else processes.redis.thaw();
      await Promise.all([one, other].map(isShared));
      await finds(one, meanwhile, ["Meanwhile", 1]);
      await finds(other, before, ["Lisbon in May", 1]);
      await finds(one, before, ["Lisbon in May", 1]);
    },
  );

  test("that holds what no key has signed makes nobody believe it", async () => {
    const one = await processes.start(withCatalogue());
    await isShared(one);
    const [share, forged] = [await makeShare(), await makeShare()];
    const { bytes } = await forged.entry({ title: "Forged" });
    const link = linkRedis(processes.redis.url, openLog("silent"));
    await new Promise<void>((resolve) => link.onReady(resolve));
    const changed = bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
    const stored = {
      swarm: forged.swarm,
      sequence: 1,
      bytes: Buffer.from(changed).toString("base64url"),
      from: "203.0.113.7",
      takenMs: Date.now(),
      listedMs: Date.now(),
      hasEnded: false,
    };
    const nonsense = ["", "{", "null", "{}", JSON.stringify({ ...stored, bytes: 7 })];
    for (const [index, text] of [JSON.stringify(stored), ...nonsense].entries()) {
      await link.command(["HSET", "shoal:catalogue:standing", `s${index}`, text]);
      await link.command(["ZADD", "shoal:catalogue:changed", `${index + 1}`, `s${index}`]);
    }
    await link.command(["SET", "shoal:catalogue:number", "100"]);
    await link.command(["PUBLISH", "shoal:catalogue", "changed"]);
    await link.command(["PUBLISH", "shoal:catalogue", "no swarm, and none either"]);
    await put(one, (await share.entry()).bytes);
    const late = await processes.start(withCatalogue());
    await finds(late, share, ["Lisbon in May", 0]);
    expect(await foundAt(one, forged.swarm)).toBeNull();
    expect(await foundAt(late, forged.swarm)).toBeNull();
    link.close();
  });
});
