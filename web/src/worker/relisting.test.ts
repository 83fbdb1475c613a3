import type { Bytes } from "@shoal/swarm/bytes";
import { type CatalogueStatement, type Signed, signStated } from "@shoal/swarm/catalogue/entry";
import { encodeLink } from "@shoal/swarm/share/link";
import { deriveSwarm } from "@shoal/swarm/share/secrets";
import { generateSigningKey, webCrypto } from "@shoal/swarm/webcrypto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Answer } from "./catalogue-server.ts";
import { Relisting, type Standing } from "./relisting.ts";

const HOUR_MS = 3_600_000;
const crypto = webCrypto();
const key = await generateSigningKey();
const swarm = await deriveSwarm(key.publicKey, crypto);
const link = encodeLink({ publicKey: key.publicKey, trackers: [], passwordCheck: null });

/** A disk in memory. */
class Disk {
  readonly files = new Map<string, Bytes>();

  readAll = async (name: string) => this.files.get(name) ?? null;
  remove = async (name: string) => void this.files.delete(name);
  noteOnce = async (name: string, bytes: Bytes) => {
    if (!this.files.has(name)) this.files.set(name, bytes);
  };
}

let disk: Disk;
let puts: Bytes[];
let answer: Answer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  disk = new Disk();
  puts = [];
  answer = "taken";
});
afterEach(() => vi.useRealTimers());

const put = async (bytes: Bytes): Promise<Answer> => {
  puts.push(bytes);
  return answer;
};
const open = (of = swarm) => Relisting.open(disk, of, { put, random: () => 0.5, crypto });

async function stated(sequence: number, isEntry = true): Promise<Signed> {
  const head = { sequence, expiresMs: Date.now() + 24 * HOUR_MS, link };
  const description = { title: "Lisbon", description: "", tags: [], kind: "other" } as const;
  const sizes = { fileCount: 1, totalBytes: 1 };
  const said: CatalogueStatement = isEntry
    ? { ...head, ...description, ...sizes, type: "entry" }
    : { ...head, type: "withdrawal" };
  return signStated(key, said, crypto);
}

const here = (heard: Signed | null, part: Partial<Standing> = {}): Standing => ({
  status: "running",
  isComplete: true,
  stated: heard,
  ...part,
});

it("brings it to the page's own server once everything is here, and not before", async () => {
  const relisting = await open();
  const entry = await stated(1);
  relisting.follow(here(entry, { isComplete: false }));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(puts).toEqual([]);
  relisting.follow(here(entry));
  expect(puts).toEqual([entry.bytes]);
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(puts).toHaveLength(3);
});

it("brings it when the server is back", async () => {
  const relisting = await open();
  relisting.follow(here(await stated(1)));
  await vi.advanceTimersByTimeAsync(0);
  relisting.away();
  relisting.back();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(puts).toHaveLength(2);
});

it("goes on in a later visit, where nobody has brought it yet", async () => {
  const entry = await stated(1);
  (await open()).follow(here(entry));
  await vi.advanceTimersByTimeAsync(0);
  puts.length = 0;
  const again = await open();
  expect(again.newest).toEqual(entry);
  again.follow(here(null));
  expect(puts).toEqual([entry.bytes]);
});

it("never brings an entry again that was withdrawn, also in a later visit", async () => {
  const [entry, withdrawal] = [await stated(1), await stated(2, false)];
  const relisting = await open();
  relisting.follow(here(entry));
  relisting.follow(here(withdrawal));
  relisting.follow(here(entry));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  const again = await open();
  again.follow(here(entry));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(again.newest).toEqual(withdrawal);
  expect(puts.slice(0, 2)).toEqual([entry.bytes, withdrawal.bytes]);
  expect(puts.slice(2).every((bytes) => bytes === puts[1] || bytes[65] === 2)).toBe(true);
});

it.each(["off", "blocked"] as const)("stops for good where the answer is %s", async (word) => {
  answer = word;
  const relisting = await open();
  relisting.follow(here(await stated(1)));
  await vi.advanceTimersByTimeAsync(0);
  relisting.follow(here(await stated(2)));
  await vi.advanceTimersByTimeAsync(24 * HOUR_MS);
  expect(puts).toHaveLength(1);
});

it.each(["ended", "left", "failed"] as const)(
  "doesn't bring the entry of a share that has %s here",
  async (status) => {
    const relisting = await open();
    const entry = await stated(1);
    relisting.follow(here(entry, { status }));
    expect(puts).toEqual([]);
    relisting.follow(here(entry));
    expect(puts).toHaveLength(1);
    relisting.follow(here(entry, { status }));
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    expect(puts).toHaveLength(1);
  },
);

it("brings the withdrawal of a share that has ended", async () => {
  const relisting = await open();
  const withdrawal = await stated(2, false);
  relisting.follow(here(withdrawal, { status: "ended" }));
  expect(puts).toEqual([withdrawal.bytes]);
});

it("doesn't bring what has expired", async () => {
  const entry = await stated(1);
  vi.setSystemTime(Date.now() + 24 * HOUR_MS);
  (await open()).follow(here(entry));
  expect(puts).toEqual([]);
});

it("takes nothing from the disk that is damaged, or another share's", async () => {
  const { bytes } = await stated(1);
  const other = await deriveSwarm((await generateSigningKey()).publicKey, crypto);
  disk.files.set("stated", bytes);
  expect((await open(other)).newest).toBeNull();
  disk.files.set("stated", bytes.slice(0, -1));
  expect((await open()).newest).toBeNull();
});

it("keeps and brings nothing once it is closed", async () => {
  const relisting = await open();
  await relisting.close();
  relisting.follow(here(await stated(1)));
  expect(puts).toEqual([]);
});
