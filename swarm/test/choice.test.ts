/** What of a share is fetched, and in which order, by the person's wish. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { LIMITS } from "../src/limits.ts";
import { decodeFrame, type Message } from "../src/wire/frame.ts";
import { content, type Member, Share, World } from "./harness.ts";

const KIB = 1024;
const PIECE = 64 * KIB;

type Scene = {
  readonly world: World;
  readonly share: Share;
  readonly leecher: Member;
  /** What the leecher said to the sharer. */
  readonly said: Message[];
};

/** A leecher that knows a sharer and its files, of so many pieces each, and fetches nothing yet. */
async function scene(...pieceCounts: number[]): Promise<Scene> {
  const world = new World();
  const files = pieceCounts.map((count, index) => content(count * PIECE, index + 1));
  const share = await Share.of(world, ...files);
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  const said: Message[] = [];
  world.connect(leecher, sharer, {
    toB: (frame) => {
      const decoded = decodeFrame(frame);
      if (decoded.kind === "message") said.push(decoded.message);
      return frame;
    },
  });
  await world.until("hashes are known", () => {
    const { hashedBytes, manifest } = leecher.state;
    return manifest !== null && hashedBytes === manifest.layout.totalBytes;
  });
  return { world, share, leecher, said };
}

const requested = (said: readonly Message[]): number[] =>
  said.flatMap((message) => (message.type === "request" ? [message.block.piece] : []));

const interests = (said: readonly Message[]): string[] =>
  said.map(({ type }) => type).filter((type) => type.endsWith("interested"));

test("of chosen files alone pieces are fetched", async () => {
  const { world, leecher, said } = await scene(3, 4, 5);
  leecher.driver.handle({ type: "choose-files", files: [1] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  await world.rest(30_000);
  expect([...leecher.state.verifiedBytesOfFile]).toEqual([0, 4 * PIECE, 0]);
  expect(requested(said).toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6]);
  expect(leecher.state.isComplete).toBe(false);
});

test("interest ends when the chosen files are there, and comes back with more of them", async () => {
  const { world, leecher, said } = await scene(3, 4);
  leecher.driver.handle({ type: "choose-files", files: [0] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  expect(interests(said)).toEqual(["interested", "not-interested"]);
  expect(leecher.state.isMissingHeld).toBe(false);
  leecher.driver.handle({ type: "choose-files", files: [0, 1] });
  expect(leecher.state.isDone).toBe(false);
  expect(interests(said)).toEqual(["interested", "not-interested", "interested"]);
});

test("who chose no file is interested in nothing", async () => {
  const { world, leecher, said } = await scene(3);
  leecher.driver.handle({ type: "choose-files", files: [] });
  leecher.driver.handle({ type: "download" });
  await world.rest(30_000);
  expect(interests(said)).toEqual([]);
  expect(leecher.state).toMatchObject({ isDone: true, isComplete: false, receivedBytes: 0 });
});

test("files that are chosen later are fetched, and nothing twice", async () => {
  const { world, share, leecher } = await scene(3, 4, 5);
  leecher.driver.handle({ type: "choose-files", files: [2] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  leecher.driver.handle({ type: "choose-files", files: null });
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
  expect(leecher.state.receivedBytes).toBe(12 * PIECE);
});

test("files may be chosen before they are known", async () => {
  const world = new World();
  const share = await Share.of(world, content(3 * PIECE, 1), content(4 * PIECE, 2));
  const [sharer, leecher] = [await share.sharer(), await share.leecher()];
  leecher.driver.handle({ type: "choose-files", files: [0, 99] });
  leecher.driver.handle({ type: "download" });
  world.connect(leecher, sharer);
  await world.until("done", () => leecher.state.isDone);
  await world.rest(30_000);
  expect([...leecher.state.verifiedBytesOfFile]).toEqual([3 * PIECE, 0]);
});

test("files that are given up while they are fetched are asked for no longer", async () => {
  const { world, leecher, said } = await scene(200, 200);
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  const before = [...leecher.state.verifiedBytesOfFile];
  const asked = said.length;
  leecher.driver.handle({ type: "choose-files", files: [1] });
  const cancelled = said.slice(asked).filter(({ type }) => type === "cancel");
  expect(cancelled.length).toBeGreaterThan(0);
  await world.until("done", () => leecher.state.isDone);
  await world.rest(60_000);
  const [first = 0, second] = leecher.state.verifiedBytesOfFile;
  expect(second).toBe(200 * PIECE);
  expect(first).toBeLessThan(100 * PIECE);
  expect(first).toBeGreaterThanOrEqual(before[0] ?? 0); // What is held stays.
  expect(requested(said.slice(asked)).filter((piece) => piece < 200)).toEqual([]);
});

test("a file that is given up in the middle is fetched to its end when it is chosen again", async () => {
  const { world, share, leecher } = await scene(100, 100);
  leecher.driver.handle({ type: "download" });
  for (const files of [[0], [1], [0], null]) {
    const before = leecher.state.verifiedBytes;
    await world.until("some more", () => leecher.state.verifiedBytes > before);
    leecher.driver.handle({ type: "choose-files", files });
  }
  await world.until("complete", () => leecher.state.isComplete);
  expect(share.isWhole(leecher)).toBe(true);
});

test("exactly the pieces of chosen files are fetched, whatever the layout and the choice", async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 3 * PIECE }), { minLength: 1, maxLength: 7 });
  const inputs = sizes.chain((list) => fc.tuple(fc.constant(list), fc.subarray([...list.keys()])));
  await fc.assert(
    fc.asyncProperty(inputs, async ([list, files]) => {
      const world = new World();
      const share = await Share.of(world, ...list.map((size, index) => content(size, index + 1)));
      const [sharer, leecher] = [await share.sharer(), await share.leecher()];
      leecher.driver.handle({ type: "choose-files", files });
      leecher.driver.handle({ type: "download" });
      world.connect(leecher, sharer);
      await world.until("done", () => leecher.state.isDone);
      await world.rest(5_000);
      const expected = list.map((size, index) => (files.includes(index) ? size : 0));
      expect([...leecher.state.verifiedBytesOfFile]).toEqual(expected);
      expect(leecher.state.receivedBytes).toBe(expected.reduce((sum, size) => sum + size, 0));
    }),
    { numRuns: 30 },
  );
});

test("room is made for chosen files, and for more when they are chosen", async () => {
  const { world, share, leecher } = await scene(3, 40, 5);
  const { openedFor } = leecher.files;
  leecher.driver.handle({ type: "choose-files", files: [1] });
  expect(openedFor).toEqual([]); // Nothing is to be fetched.
  leecher.driver.handle({ type: "download" });
  expect(openedFor).toEqual([[1]]);
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  leecher.driver.handle({ type: "choose-files", files: [0, 1] });
  expect(openedFor).toEqual([[1], [0, 1]]);
  leecher.driver.handle({ type: "choose-files", files: [0, 1, 2] }); // Before there is room.
  await world.until("done", () => leecher.state.isDone);
  expect(openedFor).toEqual([[1], [0, 1], [0, 1, 2]]);
  leecher.driver.handle({ type: "choose-files", files: [2] });
  await world.rest(1_000);
  expect(openedFor).toHaveLength(3);
  expect(share.isWhole(leecher)).toBe(true);
});

test("more files than there is room for wait for it, and go on when some are given up", async () => {
  const { world, leecher } = await scene(3, 40);
  leecher.driver.handle({ type: "choose-files", files: [0] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  leecher.files.isFull = true;
  leecher.driver.handle({ type: "choose-files", files: null });
  await world.until("full", () => leecher.state.isDiskFull);
  expect(leecher.state).toMatchObject({ status: { kind: "running" }, verifiedBytes: 3 * PIECE });
  leecher.files.isFull = false;
  leecher.driver.handle({ type: "choose-files", files: [0] });
  await world.until("there is room", () => !leecher.state.isDiskFull);
  expect(leecher.state.isDone).toBe(true);
});

test("who chose some files finishes among others, and doesn't count as a full copy", async () => {
  const { world, share, leecher } = await scene(3, 40);
  leecher.driver.handle({ type: "choose-files", files: [0] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  const other = await share.leecher();
  world.connect(other, leecher);
  await world.until("acquainted", () => other.state.manifest !== null);
  expect(other.state.copiesOut).toBeLessThan(1);
  expect(other.state.peers).toMatchObject([{ pieceCount: 3 }]);
});

test("who has the chosen files alone serves them to others", async () => {
  const { world, share, leecher } = await scene(3, 4);
  leecher.driver.handle({ type: "choose-files", files: [1] });
  leecher.driver.handle({ type: "download" });
  await world.until("done", () => leecher.state.isDone);
  const other = await share.leecher();
  world.connect(other, leecher);
  other.driver.handle({ type: "download" });
  await world.until("passed on", () => other.state.verifiedBytes === 4 * PIECE);
  expect([...other.state.verifiedBytesOfFile]).toEqual([0, 4 * PIECE]);
});

test("what a play head needs is asked for first, in order", async () => {
  const { world, share, leecher, said } = await scene(10, 40);
  leecher.driver.handle({ type: "play-head", at: { file: 1, offset: 20 * PIECE + 5 } });
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(requested(said).slice(0, 8)).toEqual([30, 31, 32, 33, 34, 35, 36, 37]);
  expect(share.isWhole(leecher)).toBe(true);
});

test("the hashes that a play head needs are asked for before all others", async () => {
  const world = new World();
  // Every file is a piece, and 512 pieces make a page.
  const files = Array.from({ length: 3000 }, (_, index) => content(1, index + 1));
  const share = await Share.of(world, ...files);
  const sharer = await share.sharer();
  for (const page of [5, 2, 4, 1]) {
    const leecher = await share.leecher();
    const asked: number[] = [];
    leecher.driver.handle({ type: "play-head", at: { file: page * 512 + 7, offset: 0 } });
    world.connect(leecher, sharer, {
      toB: (frame) => {
        const decoded = decodeFrame(frame);
        const { kind } = decoded;
        if (kind === "message" && decoded.message.type === "page-request") {
          asked.push(decoded.message.page);
        }
        return frame;
      },
    });
    await world.until("pages are asked for", () => asked.length === 6);
    expect(asked[0]).toBe(page);
    expect(asked.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  }
});

test("a play head that jumps is followed", async () => {
  const { world, leecher, said } = await scene(200);
  leecher.driver.handle({ type: "play-head", at: { file: 0, offset: 0 } });
  leecher.driver.handle({ type: "download" });
  await world.until("begun", () => leecher.state.verifiedBytes > 0);
  const before = requested(said);
  leecher.driver.handle({ type: "play-head", at: { file: 0, offset: 150 * PIECE } });
  await world.until("complete", () => leecher.state.isComplete);
  const behind = Array.from({ length: 50 }, (_, index) => 150 + index);
  const hurried = behind.filter((piece) => !before.includes(piece)).slice(0, 4);
  expect(hurried).toHaveLength(4);
  expect(requested(said).slice(before.length, before.length + 4)).toEqual(hurried);
});

test("a play head at a file that isn't there, or at none, hurries nothing", async () => {
  const { world, leecher, said } = await scene(100);
  leecher.driver.handle({ type: "play-head", at: { file: 0, offset: 50 * PIECE } });
  leecher.driver.handle({ type: "play-head", at: { file: 7, offset: 0 } });
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(requested(said).slice(0, 8)).not.toContain(50);
});

test("pieces that others have too are told in few messages, within a second", async () => {
  const { world, leecher, said } = await scene(200);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  await world.rest(1_000);
  const haves = said.flatMap((message) => (message.type === "have" ? [message.pieces] : []));
  expect(new Set(haves.flat()).size).toBe(200);
  expect(haves.flat()).toHaveLength(200);
  expect(haves.length).toBeLessThan(20);
});

test("more pieces than one HAVE may name are told in several", async () => {
  const onePieceEach = Array.from({ length: LIMITS.haveCount + 10 }, () => 1);
  const { world, leecher, said } = await scene(...onePieceEach);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  await world.rest(1_000);
  const haves = said.flatMap((message) => (message.type === "have" ? [message.pieces] : []));
  expect(new Set(haves.flat()).size).toBe(LIMITS.haveCount + 10);
  for (const pieces of haves) expect(pieces.length).toBeLessThanOrEqual(LIMITS.haveCount);
});

test("who lacks a piece hears at once that somebody has it", async () => {
  const { world, share, leecher } = await scene(50);
  const other = await share.leecher();
  const heard: number[] = [];
  world.connect(leecher, other, {
    toB: (frame) => {
      if (frame[0] === 0x23) heard.push(world.nowMs);
      return frame;
    },
  });
  await world.until("acquainted", () => other.state.manifest !== null);
  leecher.driver.handle({ type: "download" });
  await world.until("complete", () => leecher.state.isComplete);
  expect(heard).toHaveLength(50);
});
