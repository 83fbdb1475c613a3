import { deriveSwarm, derivePasswordCheck } from "@shoal/swarm/share/secrets";
import { type Bytes, utf8 } from "@shoal/swarm/bytes";
import { webCrypto } from "@shoal/swarm/webcrypto";
import { beforeEach, expect, test } from "vitest";
import type { Lock } from "../protocol/state.ts";
import { Unlocking } from "./unlocking.ts";

const crypto = webCrypto();
const publicKey = new Uint8Array(32).fill(9);

let kept: Map<string, Bytes>;
let told: (Lock | null)[];
let isBroken: boolean;

const disk = {
  readAll: async (name: string) => kept.get(name) ?? null,
  remove: async (name: string) => void kept.delete(name),
  noteOnce: async (name: string, bytes: Bytes) => void kept.set(name, bytes),
};

/** Quicker than the real one. */
async function stretch(password: Bytes): Promise<Bytes> {
  if (isBroken) throw new TypeError("its code can't be fetched");
  return crypto.sha256(password);
}

async function locked(password = "secret"): Promise<Unlocking> {
  const check = await derivePasswordCheck(publicKey, crypto, await stretch(utf8(password)));
  const asked = { publicKey, swarm: await deriveSwarm(publicKey, crypto), check };
  return new Unlocking(asked, disk, { crypto, stretch, tell: (lock) => told.push(lock) });
}

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await new Promise((resolve) => setTimeout(resolve, 0));
}

beforeEach(() => {
  kept = new Map();
  told = [];
  isBroken = false;
});

test("a wrong password says so, and the right one opens", async () => {
  const lock = await locked();
  const opened = lock.run();
  await until(() => told.length === 1);
  for (const wrong of ["Secret", "", " ", "x".repeat(300)]) {
    lock.tried(wrong);
    await until(() => told.at(-1) === "wrong");
  }
  lock.tried("ｓecret ");
  expect(await opened).toEqual(await stretch(utf8("secret")));
  expect(told.slice(0, 3)).toEqual(["asked", "trying", "wrong"]);
  expect(told.slice(-2)).toEqual(["trying", null]);
});

test("a later visit isn't asked, and keeps no password", async () => {
  const first = await locked();
  const opened = first.run();
  await until(() => told.length === 1);
  first.tried("secret");
  await opened;
  told = [];
  expect(await (await locked()).run()).toEqual(await opened);
  expect(told).toEqual([]);
  expect([...kept.values()]).not.toContainEqual(utf8("secret"));
});

test.each([
  ["damaged", new Uint8Array(32)],
  ["cut", new Uint8Array(31)],
  ["empty", new Uint8Array(0)],
])("where what is kept is %s it is asked again, and kept anew", async (_what, found) => {
  kept.set("unlocked", found);
  const lock = await locked();
  const opened = lock.run();
  await until(() => told.length === 1);
  expect(told).toEqual(["asked"]);
  lock.tried("secret");
  await opened;
  told = [];
  await (await locked()).run();
  expect(told).toEqual([]);
});

test("one is tried at a time", async () => {
  const lock = await locked();
  const opened = lock.run();
  await until(() => told.length === 1);
  lock.tried("secret");
  lock.tried("other");
  await opened;
  expect(told).toEqual(["asked", "trying", null]);
});

test("what can't stretch it fails the share, instead of calling it wrong", async () => {
  const lock = await locked();
  const opened = lock.run();
  await until(() => told.length === 1);
  isBroken = true;
  lock.tried("secret");
  await expect(opened).rejects.toThrow("can't be fetched");
  expect(told).toEqual(["asked", "trying"]);
});
