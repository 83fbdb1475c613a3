import { expect, test } from "vitest";
import { content, Share, World } from "./harness.ts";

const KIB = 1024;

test("a leecher fetches a share of several files, one of them empty", async () => {
  const world = new World();
  const share = await Share.of(
    world,
    content(700 * KIB, 1),
    content(0),
    content(1, 2),
    content(64 * KIB, 3),
  );
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.join();
  leecher.join();
  await world.until("the files are known", () => leecher.state.manifest !== null);
  expect(leecher.state.manifest?.files.map((file) => file.sizeBytes)).toEqual([
    700 * KIB,
    0,
    1,
    64 * KIB,
  ]);
  expect(leecher.state.receivedBytes).toBe(0);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
  expect(leecher.state.verifiedBytes).toBe(share.manifest.layout.totalBytes);
  expect([...leecher.state.verifiedBytesOfFile]).toEqual([700 * KIB, 0, 1, 64 * KIB]);
  expect(leecher.state.peers[0]?.isSharer).toBe(true);
  expect(sharer.state.peers[0]?.isSharer).toBe(false);
});

test("leechers pass on what they have while they still fetch", async () => {
  const world = new World();
  const share = await Share.of(world, content(512 * 64 * KIB));
  const sharer = await share.sharer();
  const leechers = await Promise.all([1, 2, 3].map(() => share.leecher()));
  sharer.join();
  for (const leecher of leechers) {
    leecher.join();
    leecher.driver.handle({ type: "download" });
  }
  await world.until("all complete", () => leechers.every((one) => one.state.isComplete));
  for (const leecher of leechers) {
    expect(share.isWhole(leecher)).toBe(true);
    expect(leecher.state.sentBytes).toBeGreaterThan(0);
  }
}, 60_000);

test("a leecher that comes when only a finished leecher is left gets everything", async () => {
  const world = new World();
  const share = await Share.of(world, content(500 * KIB));
  const sharer = await share.sharer();
  const first = await share.leecher();
  sharer.join();
  first.join();
  first.driver.handle({ type: "download" });
  await world.until("the first is complete", () => first.state.isComplete);
  sharer.vanish();
  const second = await share.leecher();
  second.join();
  second.driver.handle({ type: "download" });
  await world.until("the second is complete", () => second.state.isComplete);
  expect(share.isWhole(second)).toBe(true);
});

test("a leecher alone goes on by itself when someone comes", async () => {
  const world = new World();
  const share = await Share.of(world, content(100 * KIB));
  const leecher = await share.leecher();
  leecher.join();
  leecher.driver.handle({ type: "download" });
  await world.rest(60_000);
  expect(leecher.state).toMatchObject({ isMissingHeld: false, isMeeting: false });
  const sharer = await share.sharer();
  sharer.join();
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("what a view is told of at once are the steps of a transfer, not each piece", async () => {
  const world = new World();
  const share = await Share.of(world, content(40 * 64 * KIB));
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  const { driver } = leecher;
  const stages = new Set<string>();
  const handle = driver.handle.bind(driver);
  driver.handle = (input) => {
    handle(input);
    stages.add(driver.stage);
  };
  sharer.join();
  leecher.join();
  await world.until("the files are known", () => leecher.state.manifest !== null);
  expect(stages.size).toBe(2);
  driver.handle({ type: "download" });
  expect(stages.size).toBe(3);
  await world.until("complete", () => leecher.state.isComplete);
  expect(stages.size).toBe(5);
});
