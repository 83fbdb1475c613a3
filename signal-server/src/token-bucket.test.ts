import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("a full bucket gives its burst and no more", () => {
  const bucket = new TokenBucket(3, 1, 0);
  expect([0, 0, 0, 0].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, true, false]);
});

test("tokens come back at their rate and never above the burst", () => {
  const bucket = new TokenBucket(2, 10, 0);
  bucket.take(0);
  bucket.take(0);
  expect(bucket.take(99)).toBe(false);
  expect(bucket.take(100)).toBe(true);
  expect(bucket.take(100)).toBe(false);
  expect([0, 1, 2].map(() => bucket.take(1_000_000))).toEqual([true, true, false]);
});

test("a clock that steps back gives nothing away", () => {
  const bucket = new TokenBucket(1, 1, 1000);
  expect(bucket.take(1000)).toBe(true);
  expect(bucket.take(0)).toBe(false);
  expect(bucket.take(1500)).toBe(false);
  expect(bucket.take(2000)).toBe(true);
});
