/** Going on where an earlier session stopped. */
import { expect, test } from "vitest";
import type { Page } from "../src/engine/io.ts";
import { type Remains, restore } from "../src/restore.ts";
import { content, type Member, Share, World } from "./harness.ts";

const KIB = 1024;
const SIZE = 4 * 1024 * KIB;

type Scene = { world: World; share: Share; sharer: Member; leecher: Member };

/** A leecher that has a part of it when its page is closed. */
async function halfWay(): Promise<Scene> {
  const world = new World();
  const share = await Share.of(world, content(SIZE));
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("a part is there", () => leecher.state.verifiedBytes > SIZE / 4);
  leecher.vanish();
  return { world, share, sharer, leecher };
}

test("who comes back goes on from the pieces that it holds", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  const again = await share.again(leecher);
  const heldBytes = again.state.verifiedBytes;
  expect(heldBytes).toBeGreaterThan(SIZE / 4);
  expect(heldBytes).toBeLessThan(SIZE);
  expect(again.state.manifest?.files).toEqual(share.manifest.files);
  expect(again.state.verifiedBytesOfFile).toEqual(Float64Array.of(heldBytes));

  world.connect(again, sharer);
  again.driver.handle({ type: "download" });
  await world.until("complete", () => again.state.isComplete);
  expect(again.state.receivedBytes).toBe(SIZE - heldBytes);
  expect(share.isWhole(again)).toBe(true);
});

test("who comes back with everything serves it, though the sharer is gone", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  const whole = await share.again(leecher);
  world.connect(whole, sharer);
  whole.driver.handle({ type: "download" });
  await world.until("complete", () => whole.state.isComplete);
  whole.vanish();
  sharer.vanish();

  const seeder = await share.again(whole);
  seeder.driver.handle({ type: "download" });
  expect(seeder.state).toMatchObject({ isComplete: true, wanted: true, verifiedBytes: SIZE });
  const late = await share.leecher();
  world.connect(late, seeder);
  late.driver.handle({ type: "download" });
  await world.until("the late one is complete", () => late.state.isComplete);
  expect(share.isWhole(late)).toBe(true);
});

test("what is held is passed on before anything more is asked for", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  sharer.vanish();
  const [again, late] = [await share.again(leecher), await share.leecher()];
  world.connect(again, late);
  late.driver.handle({ type: "download" });
  await world.until(
    "it was passed on",
    () => late.state.verifiedBytes === again.state.verifiedBytes,
  );
  expect(late.state.verifiedBytes).toBeGreaterThan(0);
});

test("who lost the pieces after it came back begins anew", async () => {
  const { world, share, sharer, leecher } = await halfWay();
  const again = await share.again(leecher);
  world.connect(again, sharer);
  again.driver.handle({ type: "download" });
  again.driver.handle({ type: "failed", code: "storage-failed" });
  expect(again.state.verifiedBytes).toBe(0);
  again.driver.handle({ type: "download" });
  await world.until("complete", () => again.state.isComplete);
  expect(share.isWhole(again)).toBe(true);
});

type Spoils = (remains: Remains) => Remains;

const spoilt = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));

test.each<[string, Spoils]>([
  ["a manifest that isn’t signed", (remains) => ({ ...remains, signed: spoilt(remains.signed) })],
  ["no manifest", (remains) => ({ ...remains, signed: new Uint8Array() })],
  ["too few pieces", (remains) => ({ ...remains, held: remains.held.slice(1) })],
  ["no pieces", (remains) => ({ ...remains, held: new Uint8Array() })],
])("a journal with %s is of no use", async (_what, spoils) => {
  const { world, share, leecher } = await halfWay();
  const remains = spoils(leecher.files.remains);
  expect(await restore(share.publicKey, share.secrets, world.crypto, remains)).toBeNull();
});

const otherPages = (change: (page: Page) => Page): Spoils => {
  return (remains) => ({ ...remains, pages: remains.pages.map(change) });
};

test.each<[string, Spoils]>([
  ["that isn’t signed", otherPages((page) => ({ ...page, signature: spoilt(page.signature) }))],
  ["with other hashes", otherPages((page) => ({ ...page, hashes: spoilt(page.hashes) }))],
  ["cut short", otherPages((page) => ({ ...page, hashes: page.hashes.slice(32) }))],
  ["of another place", otherPages((page) => ({ ...page, index: page.index + 1 }))],
  ["that is missing", (remains) => ({ ...remains, pages: [] })],
])("pieces of a page %s are fetched anew", async (_what, spoils) => {
  const { world, share, leecher } = await halfWay();
  const remains = spoils(leecher.files.remains);
  const restored = await restore(share.publicKey, share.secrets, world.crypto, remains);
  expect(restored?.manifest.files).toEqual(share.manifest.files);
  expect(restored?.pages).toEqual([]);
  expect(restored?.held.count).toBe(0);
});
