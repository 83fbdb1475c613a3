import { expect, test } from "vitest";
import { Allowance } from "./allowance.ts";

/** How often in a row it may be used at this time. */
function uses(allowance: Allowance, nowMs: number): number {
  let count = 0;
  while (allowance.take(nowMs)) count++;
  return count;
}

test("an allowance is used up by a burst, and grows again with time up to the same", () => {
  const allowance = new Allowance(3, 100);
  expect(uses(allowance, 50)).toBe(3);
  expect(uses(allowance, 149)).toBe(0);
  expect(uses(allowance, 150)).toBe(1);
  expect(uses(allowance, 400)).toBe(2);
  expect(uses(allowance, 10_000)).toBe(3);
});
