import "fake-indexeddb/auto";
import type { Page } from "@shoal/swarm/engine/io";
import type { SwarmId } from "@shoal/swarm/ids";
import { generateSigningKey, signingKeyOf, webCrypto } from "@shoal/swarm/webcrypto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, it, vi } from "vitest";
import { forgetShare, OwnShare, ownShares, removeOldShares } from "./own-share.ts";

const SWARM = "a swarm" as SwarmId;
const OTHER = "a swarm of another" as SwarmId;
const FILES = { paths: [["a"]], modifiedMs: [1], handles: [] };
const page = (index: number): Page => ({
  index,
  signature: new Uint8Array(64).fill(index),
  hashes: new Uint8Array(32).fill(index),
});

beforeEach(() => {
  indexedDB = new IDBFactory();
});

async function begin(swarm = SWARM, lost = vi.fn()) {
  const key = await generateSigningKey();
  const signed = new Uint8Array([1, 2, 3]);
  const { privateKey } = key;
  const record = { swarm, privateKey, fragment: "AQB", signed, files: FILES };
  const share = OwnShare.begin(record, lost);
  return { share, key, lost };
}

it("finds the share again, with its pages in order, and signs with the same key", async () => {
  const { share, key } = await begin();
  for (const index of [2, 0, 1]) await share.keepPage(page(index));
  const other = await begin(OTHER);
  await other.share.keepPage(page(7));

  const found = await OwnShare.find(SWARM);
  expect(found?.record).toMatchObject({
    signed: new Uint8Array([1, 2, 3]),
    files: FILES,
    end: null,
  });
  expect(found?.pages.map(({ index, hashes }) => [index, hashes[0]])).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
  ]);
  const again = found && signingKeyOf(found.record.privateKey, key.publicKey);
  const message = new Uint8Array([9]);
  const signature = await again?.sign(message);
  expect(signature && (await webCrypto().verify(key.publicKey, message, signature))).toBe(true);
});

it("finds nothing where nothing is kept", async () => {
  expect(await OwnShare.find(SWARM)).toBeNull();
});

it("keeps what its key said to catalogues last, also of a share that has ended", async () => {
  const { share } = await begin();
  await share.keepStated(new Uint8Array([1]));
  await share.keepStated(new Uint8Array([2]));
  await share.keepEnd({ reason: "stopped", signature: new Uint8Array(64) });
  expect((await OwnShare.find(SWARM))?.record.stated).toEqual(new Uint8Array([2]));
});

it("keeps of an ended share its end, and nothing of the files", async () => {
  const { share } = await begin();
  await share.keepPage(page(0));
  const end = { reason: "stopped", signature: new Uint8Array(64) } as const;
  await share.keepEnd(end);
  const found = await OwnShare.find(SWARM);
  expect(found?.pages).toEqual([]);
  expect(found?.record.end).toEqual(end);
  expect(found?.record.files.paths).toEqual([]);
});

it("forgets a share of which something couldn’t be kept: it might be signed twice", async () => {
  const { share, lost } = await begin();
  await share.keepPage(page(0));
  const broken = { ...page(1), hashes: (() => undefined) as unknown as Page["hashes"] };
  await share.keepPage(broken);
  expect(lost).toHaveBeenCalledOnce();
  await share.keepPage(page(2));
  expect(await OwnShare.find(SWARM)).toBeNull();
  expect(lost).toHaveBeenCalledOnce();
});

it("says so where the browser keeps nothing at all, and throws nothing", async () => {
  indexedDB = {
    open: () => {
      throw new DOMException("blocked", "SecurityError");
    },
  } as unknown as IDBFactory;
  const { share, lost } = await begin();
  await share.keepPage(page(0));
  expect(lost).toHaveBeenCalledOnce();
  expect(await OwnShare.find(SWARM)).toBeNull();
});

/** Locks of a browser in which a tab works with these swarms. */
function stubLocks(...open: readonly SwarmId[]): void {
  const request = async (
    name: string,
    _options: unknown,
    work: (lock: object | null) => Promise<void>,
  ): Promise<void> => work(open.some((swarm) => name.endsWith(swarm)) ? null : {});
  vi.stubGlobal("navigator", { locks: { request } });
}

it("forgets what was used last before a time, unless a tab works with it", async () => {
  stubLocks(OTHER);
  vi.useFakeTimers({ now: 1_000, toFake: ["Date"] });
  for (const swarm of [SWARM, OTHER]) await (await begin(swarm)).share.keepPage(page(0));
  await removeOldShares(999);
  expect(await ownShares()).toHaveLength(2);
  await removeOldShares(-Infinity);
  expect(await ownShares()).toHaveLength(2);
  await removeOldShares(1_000);
  expect((await ownShares()).map(({ swarm }) => swarm)).toEqual([OTHER]);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("lists what is kept, and forgets what no tab works with", async () => {
  stubLocks(OTHER);
  for (const swarm of [SWARM, OTHER]) await (await begin(swarm)).share.keepPage(page(0));
  const listed = await ownShares();
  expect(listed.map(({ swarm, fragment }) => [swarm, fragment])).toEqual([
    [SWARM, "AQB"],
    [OTHER, "AQB"],
  ]);
  await forgetShare(SWARM);
  await forgetShare(OTHER);
  expect((await ownShares()).map(({ swarm }) => swarm)).toEqual([OTHER]);
  expect(await OwnShare.find(SWARM)).toBeNull();
  expect((await OwnShare.find(OTHER))?.pages).toHaveLength(1);
  vi.unstubAllGlobals();
});
