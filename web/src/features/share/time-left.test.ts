import { describe, expect, it } from "vitest";
import { steadySeconds } from "./time-left.ts";

describe("steadySeconds", () => {
  it("shows the first estimate as it is", () => {
    expect(steadySeconds(null, 90)).toBe(90);
  });

  it("drifts toward estimates that waver", () => {
    let shown: number | null = 100;
    for (const fresh of [150, 70, 140, 60]) {
      const next = steadySeconds(shown, fresh);
      expect(Math.abs((next ?? 0) - (shown ?? 0))).toBeLessThan(10);
      shown = next;
    }
  });

  it("follows at once when the speed has really changed", () => {
    expect(steadySeconds(100, 1000)).toBe(1000);
    expect(steadySeconds(100, 5)).toBe(5);
  });

  it("is unknown again when the estimate is, or is no number", () => {
    expect(steadySeconds(100, null)).toBeNull();
    expect(steadySeconds(100, Number.POSITIVE_INFINITY)).toBeNull();
  });
});
