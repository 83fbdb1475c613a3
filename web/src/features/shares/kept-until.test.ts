import { expect, it } from "vitest";
import { keptUntil } from "./kept-until.ts";

const NOON = Date.UTC(2026, 10, 20, 12);
const DAY_MS = 86_400_000;

it("counts from the last use", () => {
  expect(keptUntil(NOON, 3, NOON)).toMatch(/^kept until .*23/);
  expect(keptUntil(NOON, 7, NOON + DAY_MS)).toMatch(/^kept until .*27/);
});

it("has no day where it stays until it is removed", () => {
  expect(keptUntil(NOON, null, NOON + 1000 * DAY_MS)).toBe("kept until you remove it");
});

it("says what a shorter time has already ended, which the next visit removes", () => {
  expect(keptUntil(NOON, 1, NOON + DAY_MS - 1)).toMatch(/^kept until/);
  expect(keptUntil(NOON, 1, NOON + DAY_MS)).toBe("goes when Shoal is opened the next time");
});
