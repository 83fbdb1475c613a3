/** Blocks that go over another lane than everything else: their order among the rest is lost. */
import { expect, test } from "vitest";
import { Chance } from "../simulator/random.ts";
import { bringsBlock, decodeFrame } from "../src/wire/frame.ts";
import { content, Share, type Tamper, World } from "./harness.ts";

const KIB = 1024;
/** The second number that a world gives: the first connection's other end. */
const THERE = 2;

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "a download whose blocks overtake and are overtaken ends well (seed %i)",
  async (seed) => {
    const world = new World(seed);
    const chance = new Chance(seed);
    const share = await Share.of(world, content(60 * 128 * KIB));
    const sharer = await share.sharer();
    const leecher = await share.leecher();
    let lateCount = 0;
    let cancelCount = 0;

    const later = (turns: number, frame: Uint8Array<ArrayBuffer>): void => {
      if (turns > 0) return world.soon(() => later(turns - 1, frame));
      leecher.driver.handle({ type: "frame", connection: THERE, frame });
    };
    const toLeecher: Tamper = (frame) => {
      if (!bringsBlock(frame)) return frame;
      lateCount++;
      later(chance.whole(1, 20), frame.slice());
      return null;
    };
    const toSharer: Tamper = (frame) => {
      const decoded = decodeFrame(frame);
      if (decoded.kind === "message" && decoded.message.type === "cancel") cancelCount++;
      return frame;
    };
    world.connect(sharer, leecher, { toA: toSharer, toB: toLeecher });
    await world.until("the files are known", () => leecher.state.manifest !== null);
    leecher.driver.handle({ type: "download" });
    // What was asked for is taken back, and asked for again while the first answer is on its way.
    for (const part of [0.2, 0.4, 0.6, 0.8]) {
      const bytes = part * share.manifest.layout.totalBytes;
      await world.until(`${part} is there`, () => leecher.state.verifiedBytes >= bytes);
      leecher.driver.handle({ type: "pause" });
      leecher.driver.handle({ type: "resume" });
    }
    await world.until("complete", () => leecher.state.isComplete);
    expect(share.isWhole(leecher)).toBe(true);
    expect(lateCount).toBeGreaterThanOrEqual(60);
    expect(cancelCount).toBeGreaterThan(0);
    expect([sharer.state.peers.length, leecher.state.peers.length]).toEqual([1, 1]);
  },
);
