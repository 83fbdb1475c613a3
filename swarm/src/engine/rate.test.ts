import fc from "fast-check";
import { expect, test } from "vitest";
import { RateMeter } from "./rate.ts";

/** Adds `bytes` every 100 ms from `fromMs` on. */
function steady(meter: RateMeter, bytes: number, fromMs: number, untilMs: number): void {
  for (let nowMs = fromMs; nowMs < untilMs; nowMs += 100) meter.add(bytes, nowMs);
}

test("nothing counted is no rate", () => {
  expect(new RateMeter().bytesPerSec(1_000)).toBe(0);
});

test.each([0, 250, 1_234_567])(
  "a steady stream from %d ms on shows its rate within a second",
  (startMs) => {
    const meter = new RateMeter();
    steady(meter, 100, startMs, startMs + 1_000);
    expect(meter.bytesPerSec(startMs + 1_000)).toBeCloseTo(1_000, -2);
    steady(meter, 100, startMs + 1_000, startMs + 20_000);
    expect(meter.bytesPerSec(startMs + 20_000)).toBeCloseTo(1_000, -2);
  },
);

test("the first bytes count over half a second at least", () => {
  const meter = new RateMeter();
  meter.add(1_000, 5_000);
  expect(meter.bytesPerSec(5_000)).toBe(2_000);
});

test("a stream that stops is forgotten within 4 s", () => {
  const meter = new RateMeter();
  steady(meter, 100, 0, 10_000);
  expect(meter.bytesPerSec(12_000)).toBeGreaterThan(0);
  expect(meter.bytesPerSec(12_000)).toBeLessThan(700);
  expect(meter.bytesPerSec(14_001)).toBe(0);
});

test("after a silence the rate is that of what came since, not of the silence too", () => {
  const meter = new RateMeter();
  steady(meter, 100, 0, 1_000);
  steady(meter, 100, 60_000, 61_000);
  expect(meter.bytesPerSec(61_000)).toBeCloseTo(1_000, -2);
});

test("looking at it changes nothing", () => {
  // A view that looks twice a second once made the rate after a silence an eighth of what it was,
  // and with it the pipeline: the same inputs took another course when somebody watched.
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(6_000), fc.nat(1_000))), (steps) => {
      const [watched, unwatched] = [new RateMeter(), new RateMeter()];
      let nowMs = 0;
      for (const [waitMs, bytes] of steps) {
        for (let lookMs = nowMs; lookMs < nowMs + waitMs; lookMs += 300)
          watched.bytesPerSec(lookMs);
        nowMs += waitMs;
        watched.add(bytes, nowMs);
        unwatched.add(bytes, nowMs);
        expect(watched.bytesPerSec(nowMs)).toBe(unwatched.bytesPerSec(nowMs));
      }
    }),
  );
});

test("all bytes are counted for ever", () => {
  const meter = new RateMeter();
  meter.add(5, 0);
  meter.add(6, 100_000);
  expect(meter.totalBytes).toBe(11);
});
