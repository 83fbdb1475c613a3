import type { Bytes } from "@shoal/swarm/bytes";
import { type Description, openStated, type Signed } from "@shoal/swarm/catalogue/entry";
import { LIMITS } from "@shoal/swarm/limits";
import { encodeLink } from "@shoal/swarm/share/link";
import { makeManifest } from "@shoal/swarm/share/manifest";
import { generateSigningKey, webCrypto } from "@shoal/swarm/webcrypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Listing } from "../protocol/state.ts";
import type { Answer } from "./catalogue-server.ts";
import { Publishing } from "./publishing.ts";

/** Which isn't faked. */
const realSetTimeout = setTimeout;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2030, 0);
const crypto = webCrypto();
const key = await generateSigningKey();
const link = encodeLink({
  publicKey: key.publicKey,
  trackers: ["one.example"],
  passwordCheck: null,
});
const manifest = makeManifest([
  { path: ["a"], sizeBytes: 5 },
  { path: ["b"], sizeBytes: 7 },
]);
const LISBON: Description = {
  title: "Lisbon",
  description: "Trams.",
  tags: ["holiday"],
  kind: "pictures",
};
const PORTO: Description = { ...LISBON, title: "Porto" };

let kept: Bytes | null;
let puts: Bytes[];
/** How much was kept when each was sent. */
let keptAtPut: (Bytes | null)[];
let spread: Signed[];
let listings: Listing[];
let answer: Answer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START_MS });
  kept = null;
  puts = [];
  keptAtPut = [];
  spread = [];
  listings = [];
  answer = "taken";
});
afterEach(() => vi.useRealTimers());

const begin = () =>
  Publishing.begin({ key, link, manifest }, kept, {
    crypto,
    random: () => 0.5,
    put: async (bytes) => {
      puts.push(bytes);
      keptAtPut.push(kept);
      return answer;
    },
    keep: async (statement) => {
      kept = statement;
    },
    spread: (signed) => void spread.push(signed),
    tell: (listing) => void listings.push(listing),
  });

/** Signing takes real time; the clock here stands still meanwhile, as it wouldn't with `vi.waitFor`. */
async function until(holds: () => unknown): Promise<void> {
  for (let turns = 0; ; turns++) {
    try {
      return void (await holds());
    } catch (error) {
      if (turns > 2_000) throw error;
      await new Promise((resolve) => realSetTimeout(resolve));
    }
  }
}

const untilShown = (listing: Listing) => until(() => expect(listings.at(-1)).toEqual(listing));
const sent = async (at: number) => {
  const bytes = puts.at(at);
  return bytes && (await openStated(bytes, crypto))?.stated;
};

/** A share that can be found. */
async function listed(): Promise<Publishing> {
  const publishing = await begin();
  publishing.publish(LISBON);
  await untilShown({ kind: "listed", description: LISBON });
  return publishing;
}

describe("publishing", () => {
  it("signs an entry, keeps it, sends it, and says that it is listed once it is taken", async () => {
    await listed();
    expect(listings).toEqual([
      { kind: "unlisted" },
      { kind: "sending", description: LISBON },
      { kind: "listed", description: LISBON },
    ]);
    expect(await sent(0)).toEqual({
      type: "entry",
      sequence: START_MS,
      expiresMs: START_MS + 22 * HOUR_MS,
      link,
      fileCount: 2,
      totalBytes: 12,
      ...LISBON,
    });
    expect(keptAtPut).toEqual(puts);
    expect(spread.map(({ bytes }) => bytes)).toEqual(puts);
  });

  it("of two wishes in a row the last one holds, whatever the clock does", async () => {
    const publishing = await begin();
    publishing.publish(LISBON);
    publishing.publish(PORTO);
    await untilShown({ kind: "listed", description: PORTO });
    vi.setSystemTime(START_MS - HOUR_MS);
    publishing.withdraw();
    await untilShown({ kind: "unlisted" });
    const stated = await Promise.all(puts.map((_, at) => sent(at)));
    expect(stated.map((one) => one?.sequence)).toEqual([START_MS, START_MS + 1, START_MS + 2]);
  });

  it("has its bounds kept, and refuses what has no title", async () => {
    const publishing = await begin();
    const description = { ...LISBON, title: "\u202e \n" };
    publishing.publish(description);
    expect(listings.at(-1)).toEqual({ kind: "refused", reason: "refused", description });
    publishing.publish({ ...LISBON, tags: ["Holiday", "holiday"] });
    await untilShown({ kind: "listed", description: LISBON });
    expect(puts).toHaveLength(1);
  });

  it("renews before half of the life is over, and goes on with it", async () => {
    await listed();
    await vi.advanceTimersByTimeAsync(LIMITS.entryLifeMs / 2);
    await until(() => expect(new Set(puts).size).toBe(2));
    const [first, renewed] = [await sent(0), await sent(-1)];
    if (first?.type !== "entry" || renewed?.type !== "entry") throw new Error("entries");
    expect(renewed.sequence).toBe(START_MS + 11 * HOUR_MS);
    expect(renewed).toEqual({
      ...first,
      sequence: renewed.sequence,
      expiresMs: renewed.sequence + 22 * HOUR_MS,
    });
    expect(listings.at(-1)).toEqual({ kind: "listed", description: LISBON });
    await until(() => expect(spread).toHaveLength(2)); // Once each, though the server heard of them every half hour.
  });

  it("isn't handed to peers where the host refuses it", async () => {
    answer = "blocked";
    const publishing = await begin();
    publishing.publish(LISBON);
    await untilShown({ kind: "refused", reason: "blocked", description: LISBON });
    await vi.advanceTimersByTimeAsync(48 * HOUR_MS);
    expect(puts).toHaveLength(1);
    expect(spread).toEqual([]);
  });

  it.each([
    ["too-many", "too-many"],
    ["outdated", "refused"],
    ["expired", "refused"],
    ["refused", "refused"],
  ] as const)("says why where the answer is %s", async (word, reason) => {
    answer = word;
    (await begin()).publish(LISBON);
    await untilShown({ kind: "refused", reason, description: LISBON });
  });

  it("goes on by itself when the server can be reached again", async () => {
    answer = "unreachable";
    (await begin()).publish(LISBON);
    await untilShown({ kind: "refused", reason: "unreachable", description: LISBON });
    answer = "taken";
    await vi.advanceTimersByTimeAsync(5_000);
    await untilShown({ kind: "listed", description: LISBON });
  });

  it("stays listed while the server is away, until what it took has expired", async () => {
    await listed();
    answer = "unreachable";
    await vi.advanceTimersByTimeAsync(21 * HOUR_MS);
    expect(listings.at(-1)).toEqual({ kind: "listed", description: LISBON });
    await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
    await untilShown({ kind: "refused", reason: "unreachable", description: LISBON });
  });

  it("says it anew where a machine slept until it had expired", async () => {
    await listed();
    answer = "expired";
    vi.setSystemTime(START_MS + 30 * HOUR_MS);
    await vi.advanceTimersByTimeAsync(HOUR_MS / 2);
    answer = "taken";
    await until(async () => {
      expect(await sent(-1)).toMatchObject({ sequence: START_MS + 30.5 * HOUR_MS });
    });
    await untilShown({ kind: "listed", description: LISBON });
  });

  it("is off where the host has turned its catalogue off", async () => {
    answer = "off";
    (await begin()).publish(LISBON);
    await untilShown({ kind: "off" });
    await vi.advanceTimersByTimeAsync(48 * HOUR_MS);
    expect(puts).toHaveLength(1);
  });
});

describe("a share that is gone on with", () => {
  it("stays published, by the same statement, and can be withdrawn", async () => {
    await listed();
    const before = puts.splice(0);
    listings = [];
    spread = [];
    const publishing = await begin();
    await untilShown({ kind: "listed", description: LISBON });
    expect(puts).toEqual(before);
    expect(publishing.spread?.bytes).toEqual(before[0]);
    publishing.withdraw();
    await untilShown({ kind: "unlisted" });
    expect(await sent(-1)).toMatchObject({ type: "withdrawal", sequence: START_MS + 1 });
  });

  it("signs a new one where half of the life is over", async () => {
    await listed();
    vi.setSystemTime(START_MS + 12 * HOUR_MS);
    puts.length = 0;
    await begin();
    await untilShown({ kind: "listed", description: LISBON });
    expect(await sent(0)).toMatchObject({ ...LISBON, sequence: START_MS + 12 * HOUR_MS });
  });

  it("that was withdrawn brings the withdrawal once more, without a word", async () => {
    const publishing = await listed();
    answer = "unreachable";
    publishing.withdraw();
    await untilShown({ kind: "refused", reason: "unreachable", description: null });
    listings = [];
    puts.length = 0;
    await begin();
    await until(() => expect(puts).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(await sent(0)).toMatchObject({ type: "withdrawal" });
    expect(listings).toEqual([{ kind: "unlisted" }]);
  });

  it("isn't published by what is kept of it damaged, or of another share", async () => {
    await listed();
    puts.length = 0;
    kept = kept?.slice(0, -1) ?? null;
    await begin();
    expect(listings.at(-1)).toEqual({ kind: "unlisted" });
    expect(puts).toEqual([]);
  });
});

describe("withdrawing", () => {
  it("takes the place of the entry, for peers before the server has answered", async () => {
    const publishing = await listed();
    answer = "unreachable";
    publishing.withdraw();
    expect(listings.at(-1)).toEqual({ kind: "sending", description: null });
    await untilShown({ kind: "refused", reason: "unreachable", description: null });
    expect(spread.at(-1)?.stated.type).toBe("withdrawal");
    answer = "taken";
    await vi.advanceTimersByTimeAsync(5_000);
    await untilShown({ kind: "unlisted" });
    const count = puts.length;
    await vi.advanceTimersByTimeAsync(12 * HOUR_MS);
    expect(new Set(puts.slice(count))).toEqual(new Set([puts.at(-1)])); // No entry is renewed.
    expect(await sent(-1)).toMatchObject({ type: "withdrawal" });
  });

  it("of what was never published is nothing to tell anybody", async () => {
    const publishing = await begin();
    publishing.withdraw();
    publishing.end();
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(puts).toEqual([]);
    expect(kept).toBeNull();
    expect(listings).toEqual([{ kind: "unlisted" }, { kind: "unlisted" }, { kind: "off" }]);
  });

  it("comes with the end of the share, which can't be published again", async () => {
    const publishing = await listed();
    publishing.end();
    publishing.end();
    await untilShown({ kind: "off" });
    publishing.publish(PORTO);
    publishing.withdraw();
    await vi.advanceTimersByTimeAsync(0);
    expect(puts).toHaveLength(2);
    expect(await sent(-1)).toMatchObject({ type: "withdrawal" });
    expect(spread.at(-1)?.stated.type).toBe("withdrawal");
  });

  it("also takes back what is being published when the share ends", async () => {
    const publishing = await begin();
    publishing.publish(LISBON);
    publishing.end();
    await untilShown({ kind: "off" });
    expect(await sent(-1)).toMatchObject({ type: "withdrawal" });
  });
});

it("signs and sends nothing once it is closed", async () => {
  const publishing = await listed();
  publishing.close();
  publishing.publish(PORTO);
  await vi.advanceTimersByTimeAsync(24 * HOUR_MS);
  expect(puts).toHaveLength(1);
});
