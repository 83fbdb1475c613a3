import { expect, test } from "vitest";
import { lowMarkOf } from "./low-mark.ts";

test("the mark is half of what is buffered, and nothing once 16 KiB or less is left", () => {
  expect(lowMarkOf(1_048_577)).toBe(524_288);
  expect(lowMarkOf(16 * 1024 + 1)).toBe(8192);
  expect(lowMarkOf(16 * 1024)).toBe(0);
  expect(lowMarkOf(1201)).toBe(0);
});

test("the mark is at an amount of one packet or less, so that frames of control cause no event", () => {
  for (const bufferedBytes of [0, 1, 1200]) expect(lowMarkOf(bufferedBytes)).toBe(bufferedBytes);
});
