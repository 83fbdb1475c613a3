import { beforeEach, expect, test } from "vitest";
import { unixClock } from "./unix-clock.ts";

let wallMs: number;
let steadyMs: number;
let clock: () => number;
beforeEach(() => {
  [wallMs, steadyMs] = [1_000_000, 50];
  clock = unixClock(
    () => wallMs,
    () => steadyMs,
  );
});

/** Both clocks go on by so much. */
function pass(ms: number): void {
  wallMs += ms;
  steadyMs += ms;
}

test("is the wall clock, as long as nobody touches that", () => {
  expect(clock()).toBe(1_000_000);
  pass(500);
  expect(clock()).toBe(1_000_500);
});

test("catches up after the monotonic clock stood still", () => {
  clock();
  wallMs += 3_600_000;
  expect(clock()).toBe(4_600_000);
});

test("goes on where the wall clock is set back", () => {
  clock();
  wallMs -= 3_600_000;
  expect(clock()).toBe(1_000_000);
  pass(500);
  expect(clock()).toBe(1_000_500);
});
