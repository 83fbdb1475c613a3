import { describe, expect, test } from "vitest";
import { LIMITS } from "../limits.ts";
import { Pipeline } from "./pipeline.ts";
import { RateMeter } from "./rate.ts";

const BLOCK = LIMITS.blockBytes;

/** Blocks that come `everyMs`, each `tookMs` after it was asked for. */
function receive(
  pipeline: Pipeline,
  count: number,
  { everyMs, tookMs, fromMs = 0 }: { everyMs: number; tookMs: number; fromMs?: number },
  rate = new RateMeter(),
  allRate = rate,
): void {
  for (let index = 0; index < count; index++) {
    const nowMs = fromMs + index * everyMs;
    rate.add(BLOCK, nowMs);
    if (allRate !== rate) allRate.add(4 * BLOCK, nowMs);
    pipeline.received(BLOCK, tookMs, { rate, allRate }, nowMs);
  }
}

describe("the window", () => {
  test("starts at two blocks", () => {
    expect(new Pipeline().windowBytes).toBe(2 * BLOCK);
  });

  test("grows by a block for each that comes, which doubles it every round trip", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 3, { everyMs: 1, tookMs: 50 });
    expect(pipeline.windowBytes).toBe(5 * BLOCK);
  });

  test("is wider where there are two lanes to be kept busy", () => {
    const [narrow, wide] = [new Pipeline(), new Pipeline()];
    wide.widen();
    for (const each of [narrow, wide]) receive(each, 2000, { everyMs: 5, tookMs: 10 });
    expect((wide.windowBytes - narrow.windowBytes) / BLOCK).toBeCloseTo(2.5, 5);
  });

  test("settles at what the rate carries in a round trip and a half second", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 200, { everyMs: 250, tookMs: 250 }); // 4 blocks a second.
    expect(pipeline.windowBytes / BLOCK).toBeCloseTo(4 * (0.25 + 0.5), 0);
  });

  test("of a fast peer holds two blocks beside what is on its way", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 2000, { everyMs: 5, tookMs: 20 }); // 200 blocks a second.
    expect(pipeline.windowBytes / BLOCK).toBeCloseTo(200 * 0.02 + 2, 0);
    expect(pipeline.soonBytes / BLOCK).toBeCloseTo(200 * (0.02 + 0.5), 0);
  });

  test("of a fast peer among others holds its part of one and a half blocks", () => {
    const pipeline = new Pipeline();
    const way = { everyMs: 5, tookMs: 20 };
    receive(pipeline, 2000, way, new RateMeter(), new RateMeter()); // A quarter of all that comes.
    expect(pipeline.windowBytes / BLOCK).toBeCloseTo(200 * 0.02 + 1.5 / 4, 1);
  });

  test("stops growing by itself once blocks wait for each other", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 1, { everyMs: 0, tookMs: 20 });
    receive(pipeline, 1, { everyMs: 0, tookMs: 95, fromMs: 5 });
    expect(pipeline.windowBytes).toBe(4 * BLOCK);
    receive(pipeline, 1, { everyMs: 0, tookMs: 95, fromMs: 10 });
    expect(pipeline.windowBytes).toBeLessThan(4 * BLOCK);
  });

  test("of a slow peer doesn't fall under a block", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 100, { everyMs: 2_000, tookMs: 50 });
    expect(pipeline.windowBytes).toBe(BLOCK);
  });

  test("of the fastest peer stays within its bound", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 5_000, { everyMs: 0.5, tookMs: 500 });
    expect(pipeline.windowBytes).toBe(64 * BLOCK);
  });

  test("gets wider again when a peer becomes faster", () => {
    const pipeline = new Pipeline();
    const rate = new RateMeter();
    receive(pipeline, 50, { everyMs: 1_000, tookMs: 100 }, rate);
    const slow = pipeline.windowBytes;
    receive(pipeline, 500, { everyMs: 20, tookMs: 100, fromMs: 50_000 }, rate);
    expect(pipeline.windowBytes).toBeGreaterThan(slow * 5);
  });
});

describe("patience", () => {
  test("is 30 s before anything came", () => {
    expect(new Pipeline().patienceMs).toBe(30_000);
  });

  test("is 5 s at least, however fast a peer was", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 100, { everyMs: 10, tookMs: 10 });
    expect(pipeline.patienceMs).toBe(5_000);
  });

  test("follows the peer's own history: mean and four deviations", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 1, { everyMs: 0, tookMs: 3_000 });
    expect(pipeline.patienceMs).toBe(3_000 + 4 * 1_500);
    receive(pipeline, 200, { everyMs: 3_000, tookMs: 6_000 });
    expect(pipeline.patienceMs).toBeCloseTo(6_000, -2);
  });

  test("is 30 s at most", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 1, { everyMs: 0, tookMs: 20_000 });
    expect(pipeline.patienceMs).toBe(30_000);
  });
});

describe("how soon a block may come", () => {
  test("is told by the shortest time that one took; before any it is a half second", () => {
    const pipeline = new Pipeline();
    expect(pipeline.leastRoundTripMs).toBe(500);
    for (const tookMs of [900, 70, 400]) receive(pipeline, 1, { everyMs: 0, tookMs });
    expect(pipeline.leastRoundTripMs).toBe(70);
  });

  test("is expected to be as the last ones took", () => {
    const pipeline = new Pipeline();
    expect(pipeline.expectedMs).toBe(0);
    receive(pipeline, 1, { everyMs: 0, tookMs: 4_000 });
    expect(pipeline.expectedMs).toBe(4_000);
    receive(pipeline, 100, { everyMs: 10, tookMs: 200 });
    expect(pipeline.expectedMs).toBeCloseTo(200, 0);
  });
});

describe("a snubbed peer", () => {
  test("keeps one block", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 50, { everyMs: 10, tookMs: 50 });
    pipeline.snub();
    expect(pipeline.isSnubbed).toBe(true);
    // Requests go out while fewer bytes than this are asked for: one, of whatever size.
    expect(pipeline.windowBytes).toBe(1);
  });

  test("starts anew with the first block that comes", () => {
    const pipeline = new Pipeline();
    receive(pipeline, 50, { everyMs: 10, tookMs: 50 });
    pipeline.snub();
    receive(pipeline, 1, { everyMs: 0, tookMs: 9_000, fromMs: 10_000 });
    expect(pipeline.isSnubbed).toBe(false);
    expect(pipeline.windowBytes).toBe(3 * BLOCK);
  });
});
