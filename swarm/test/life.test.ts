/** The life of a share: pause, leave, end, changed sources, full disks, lost peers and trackers. */
import { describe, expect, test } from "vitest";
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

test("no room from the start is told, and tried again by the person", async () => {
  const world = new World();
  const share = await Share.of(world, content(2 * 1024 * KIB));
  const sharer = await share.sharer();
  const leecher = await share.leecher();
  sharer.join();
  leecher.join();
  leecher.files.isFull = true;
  leecher.driver.handle({ type: "download" });
  await world.until("told", () => leecher.state.status.kind === "failed");
  expect(leecher.state.status).toEqual({ kind: "failed", code: "no-space" });
  leecher.files.isFull = false;
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
});

describe("a disk that fills up in the middle", () => {
  const SIZE = 4 * 1024 * KIB;

  async function full() {
    const world = new World();
    const share = await Share.of(world, content(SIZE));
    const sharer = await share.sharer();
    const leecher = await share.leecher();
    world.connect(leecher, sharer);
    leecher.driver.handle({ type: "download" });
    await world.until("begun", () => leecher.state.verifiedBytes > 0);
    leecher.files.isFull = true;
    await world.until("full", () => leecher.state.isDiskFull);
    await world.rest(1_000);
    return { world, share, sharer, leecher };
  }

  test("is told, and stops nothing but the fetching", async () => {
    const { world, share, sharer, leecher } = await full();
    expect(leecher.state).toMatchObject({ status: { kind: "running" }, wanted: true });
    const { receivedBytes, verifiedBytes } = leecher.state;
    const late = await share.leecher();
    world.connect(late, leecher);
    late.driver.handle({ type: "download" });
    await world.until("it is passed on", () => late.state.verifiedBytes === verifiedBytes);
    sharer.vanish();
    await world.rest(60_000);
    expect(leecher.state).toMatchObject({ receivedBytes, isDiskFull: true });
  });

  test("is tried now and then, and gone on with once there is room", async () => {
    const { world, share, leecher } = await full();
    const { openedCount } = leecher.files;
    await world.rest(60_000);
    expect(leecher.files.openedCount - openedCount).toBeGreaterThanOrEqual(5);
    expect(leecher.files.openedCount - openedCount).toBeLessThanOrEqual(7);
    const { verifiedBytes, receivedBytes } = leecher.state;
    leecher.files.isFull = false;
    await world.until("complete", () => leecher.state.isComplete, 30_000);
    expect(leecher.state.receivedBytes - receivedBytes).toBe(SIZE - verifiedBytes);
    expect(leecher.state.isDiskFull).toBe(false);
    expect(share.isWhole(leecher)).toBe(true);
  });

  test("is tried at once when the person says so, and not while it is paused", async () => {
    const { world, leecher } = await full();
    leecher.driver.handle({ type: "pause" });
    const { openedCount } = leecher.files;
    await world.rest(60_000);
    expect(leecher.files.openedCount).toBe(openedCount);
    leecher.files.isFull = false;
    leecher.driver.handle({ type: "resume" });
    await world.until("complete", () => leecher.state.isComplete, 5_000);
  });
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
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { files } = sharer;
  const hashPieces = files.hashPieces.bind(files);
  let calls = 0;
  // The first page is made; all others wait.
  files.hashPieces = async (first, end) => {
    if (calls++ > 0) await gate;
    return hashPieces(first, end);
  };
  world.connect(leecher, sharer);
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
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
