/** Going on where an earlier session stopped. */
import { describe, expect, test } from "vitest";
import { Bitfield } from "../src/engine/bitfield.ts";
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
  await world.rest(1); // What was being written is.
  return { world, share, sharer, leecher };
}

/** What its store holds, as its journal says. */
function stored({ share, leecher }: Scene): { readonly bytes: number; readonly pieces: number[] } {
  const { layout } = share.manifest;
  const held = leecher.files.remains.held ?? new Uint8Array();
  const pieces = [...(Bitfield.parse(held, layout.pieceCount)?.pieces() ?? [])];
  return { bytes: pieces.reduce((sum, piece) => sum + layout.span(piece).length, 0), pieces };
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

test("who came back and whose disk failed fetches only what isn’t there", async () => {
  const scene = await halfWay();
  const { world, share, sharer, leecher } = scene;
  const heldBytes = stored(scene).bytes;
  const again = await share.again(leecher);
  again.driver.handle({ type: "download" });
  again.driver.handle({ type: "failed", code: "storage-failed" });
  expect(again.state.verifiedBytes).toBe(0);
  again.driver.handle({ type: "download" });
  world.connect(again, sharer);
  await world.until("complete", () => again.state.isComplete);
  expect(again.state.receivedBytes).toBe(SIZE - heldBytes);
  expect(share.isWhole(again)).toBe(true);
});

type Spoils = (remains: Remains) => Remains;

const spoilt = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte));

test.each<[string, Spoils]>([
  ["a manifest that isn’t signed", (remains) => ({ ...remains, signed: spoilt(remains.signed) })],
  ["no manifest", (remains) => ({ ...remains, signed: new Uint8Array() })],
])("a journal with %s is of no use", async (_what, spoils) => {
  const { world, share, leecher } = await halfWay();
  const remains = spoils(leecher.files.remains);
  expect(await restore(share.publicKey, share.secrets, world.crypto, remains)).toBeNull();
});

const otherPages = (change: (page: Page) => Page): Spoils => {
  return (remains) => ({ ...remains, pages: remains.pages.map(change) });
};

/** Comes back with a journal like this, and fetches the rest from the sharer. */
async function comeBackWith({ world, share, sharer, leecher }: Scene, remains: Remains) {
  const restored = await restore(share.publicKey, share.secrets, world.crypto, remains);
  const again = await share.receiver(leecher.files, restored);
  again.driver.handle({ type: "download" });
  world.connect(again, sharer);
  await world.until("complete", () => again.state.isComplete);
  expect(share.isWhole(again)).toBe(true);
  return again;
}

test.each<[string, Spoils]>([
  ["that isn’t signed", otherPages((page) => ({ ...page, signature: spoilt(page.signature) }))],
  ["with other hashes", otherPages((page) => ({ ...page, hashes: spoilt(page.hashes) }))],
  ["cut short", otherPages((page) => ({ ...page, hashes: page.hashes.slice(32) }))],
  ["of another place", otherPages((page) => ({ ...page, index: page.index + 1 }))],
  ["that is missing", (remains) => ({ ...remains, pages: [] })],
])("pieces of a page %s are compared once it has come", async (_what, spoils) => {
  const scene = await halfWay();
  const { world, share, leecher } = scene;
  const heldBytes = stored(scene).bytes;
  const remains = spoils(leecher.files.remains);
  const restored = await restore(share.publicKey, share.secrets, world.crypto, remains);
  expect(restored?.manifest.files).toEqual(share.manifest.files);
  expect(restored?.pages).toEqual([]);
  expect(restored?.held.count).toBe(0);
  const again = await comeBackWith(scene, remains);
  expect(again.state.receivedBytes).toBe(SIZE - heldBytes);
});

test.each<[string, Spoils]>([
  ["of which nothing is known", (remains) => ({ ...remains, held: null })],
  ["of which too few are told", (remains) => ({ ...remains, held: new Uint8Array() })],
  [
    "and a page that aren’t known",
    (remains) => ({ ...remains, held: null, pages: remains.pages.slice(1) }),
  ],
  ["of a share that isn’t known", (remains) => ({ ...remains, signed: spoilt(remains.signed) })],
])("pieces %s are compared, and the damaged ones alone are fetched", async (_what, spoils) => {
  const scene = await halfWay();
  const { bytes: heldBytes, pieces } = stored(scene);
  const { layout } = scene.share.manifest;
  const [damaged = 0] = pieces;
  const { offset, length } = layout.span(damaged);
  scene.leecher.files.files[0]?.fill(0, offset, offset + 1);
  const again = await comeBackWith(scene, spoils(scene.leecher.files.remains));
  expect(again.state.receivedBytes).toBe(SIZE - heldBytes + length);
});

test("what may be there is compared also while nobody is here", async () => {
  const scene = await halfWay();
  const { world, share, leecher } = scene;
  const heldBytes = stored(scene).bytes;
  const remains = { ...leecher.files.remains, held: null };
  const restored = await restore(share.publicKey, share.secrets, world.crypto, remains);
  const again = await share.receiver(leecher.files, restored);
  again.driver.handle({ type: "download" });
  await world.until("compared", () => again.state.verifiedBytes === heldBytes);
});

describe("a piece that is damaged on disk", () => {
  async function complete(): Promise<Scene> {
    const world = new World();
    const share = await Share.of(world, content(SIZE));
    const [sharer, leecher] = [await share.sharer(), await share.leecher()];
    world.connect(leecher, sharer);
    leecher.driver.handle({ type: "download" });
    await world.until("complete", () => leecher.state.isComplete);
    return { world, share, sharer, leecher };
  }

  test("is fetched again alone, and whoever asked for it gets it after all", async () => {
    const { world, share, leecher } = await complete();
    leecher.files.damaged.add(3);
    const late = await share.leecher();
    world.connect(late, leecher);
    late.driver.handle({ type: "download" });
    await world.until("all have all", () => late.state.isComplete && leecher.state.isComplete);
    expect(leecher.state.receivedBytes).toBe(SIZE + share.manifest.layout.span(3).length);
    expect(leecher.state.status).toEqual({ kind: "running" });
    expect(share.isWhole(late)).toBe(true);
  });

  test("isn’t had any longer, and the page says so", async () => {
    const { sharer, leecher, share } = await complete();
    sharer.vanish();
    leecher.driver.handle({ type: "piece-lost", piece: 3 });
    const { length } = share.manifest.layout.span(3);
    expect(leecher.state).toMatchObject({ isComplete: false, verifiedBytes: SIZE - length });
    expect(leecher.state.verifiedBytesOfFile).toEqual(Float64Array.of(SIZE - length));
    // Told once more, it is no other loss.
    leecher.driver.handle({ type: "piece-lost", piece: 3 });
    expect(leecher.state.verifiedBytes).toBe(SIZE - length);
    expect(leecher.state.status).toEqual({ kind: "running" });
  });

  test("a second time tells that the disk fails", async () => {
    const { world, leecher } = await complete();
    leecher.driver.handle({ type: "piece-lost", piece: 3 });
    await world.until("complete again", () => leecher.state.isComplete);
    leecher.driver.handle({ type: "piece-lost", piece: 3 });
    expect(leecher.state.status).toEqual({ kind: "failed", code: "storage-failed" });
  });
});
