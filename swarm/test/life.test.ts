/** The life of a share: pause, leave, end, changed sources, full disks, lost peers and trackers. */
import { expect, test } from "vitest";
import type { Bytes } from "../src/bytes.ts";
import { decodeFrame } from "../src/wire/frame.ts";
import { content, Share, World } from "./harness.ts";

const KIB = 1024;

test("memory for open pieces stays within its bound", async () => {
  const world = new World();
  const share = await Share.of(world, content(6 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher(5 * 64 * KIB);
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(leecher.files.mostKeptPieces).toBeGreaterThan(1);
  expect(leecher.files.mostKeptPieces).toBeLessThanOrEqual(5);
});

test("pause stops fetching, resume goes on", async () => {
  const world = new World();
  const share = await Share.of(world, content(4 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  leecher.driver.handle({ type: "pause" });
  await world.rest(5_000);
  const held = leecher.state.verifiedBytes;
  expect(held).toBeLessThan(share.manifest.layout.totalBytes);
  await world.rest(60_000);
  expect(leecher.state.verifiedBytes).toBe(held);
  leecher.driver.handle({ type: "resume" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("who leaves says so at once, and comes back with what it has", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.join();
  leecher.join();
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  leecher.driver.handle({ type: "leave" });
  await world.until("told", () => sharer.state.peers.length === 0, 1000);
  expect(leecher.state.status).toEqual({ kind: "left" });
  const held = leecher.state.verifiedBytes;
  leecher.driver.handle({ type: "resume" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(leecher.state.receivedBytes).toBeLessThan(2 * 1024 * KIB + held);
  expect(share.isWhole(leecher)).toBe(true);
});

test("the end of a share reaches everyone, also who comes later to another member", async () => {
  const world = new World();
  const share = await Share.of(world, content(300 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer);
  await world.until("acquainted", () => leecher.state.manifest !== null);
  sharer.driver.handle({ type: "end-share", reason: "stopped" });
  await world.until("ended", () => leecher.state.status.kind === "ended");
  sharer.vanish();
  const late = await share.leecher();
  world.connect(late, leecher);
  await world.until("told", () => late.state.status.kind === "ended");
  expect(late.state.status).toEqual({ kind: "ended", reason: "stopped" });
});

test("an ended share serves nothing more", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  sharer.driver.handle({ type: "end-share", reason: "stopped" });
  await world.until("ended", () => leecher.state.status.kind === "ended");
  await world.rest(1000);
  const sent = sharer.state.sentBytes;
  await world.rest(60_000);
  expect(sharer.state.sentBytes).toBe(sent);
});

test("a source that changed ends the share for everyone, by its cause", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer);
  await world.until("hashed", () => sharer.state.hashedBytes === 2 * 1024 * KIB);
  sharer.files.breaks = "source-changed"; // The first read finds it.
  leecher.driver.handle({ type: "download" });
  await world.until("ended", () => leecher.state.status.kind === "ended");
  expect(leecher.state.status).toEqual({ kind: "ended", reason: "sourceChanged" });
  expect(sharer.state.status).toEqual({ kind: "failed", code: "source-changed" });
});

test("every request is answered, also of a block that can't be read", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  const counts = { asked: 0, answered: 0 };
  const counting =
    (count: keyof typeof counts, ...types: string[]) =>
    (frame: Bytes) => {
      const decoded = decodeFrame(frame);
      if (decoded.kind === "message" && types.includes(decoded.message.type)) counts[count]++;
      return frame;
    };
  world.connect(leecher, sharer, {
    toA: counting("answered", "data", "reject"),
    toB: counting("asked", "request"),
  });
  await world.until("hashed", () => sharer.state.hashedBytes === 2 * 1024 * KIB);
  sharer.files.breaks = "source-changed";
  leecher.driver.handle({ type: "download" });
  await world.until("ended", () => leecher.state.status.kind === "ended");
  await world.rest(1_000);
  expect(counts.asked).toBeGreaterThan(0);
  expect(counts.answered).toBe(counts.asked);
});

test("a full disk is told, and tried again by the person", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.join();
  leecher.join();
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  leecher.files.breaks = "no-space";
  await world.until("told", () => leecher.state.status.kind === "failed");
  expect(leecher.state.status).toEqual({ kind: "failed", code: "no-space" });
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
});

test("without a tracker running transfers go on", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.join();
  leecher.join();
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  world.trackerIsUp = false;
  for (const member of [sharer, leecher]) member.driver.handle({ type: "tracker-down" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("the first piece comes before the sharer has hashed the rest", async () => {
  const world = new World();
  const share = await Share.of(world, content(70 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  let open: () => void = () => undefined;
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  sharer.files.hashGate = new Promise((resolve) => (open = resolve));
  expect(sharer.state.hashedBytes).toBeLessThan(70 * 1024 * KIB);
  open();
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
}, 60_000);

test("a share of nothing but empty files is complete once it is known", async () => {
  const world = new World();
  const share = await Share.of(world, content(0), content(0));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});
