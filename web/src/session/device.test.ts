import { describe, expect, it } from "vitest";
import { deviceOf } from "./device.ts";

describe("deviceOf", () => {
  it.each([
    ["phone", { isMobile: true, isTouch: true, shortSide: 390 }],
    ["phone", { isMobile: null, isTouch: true, shortSide: 390 }],
    ["tablet", { isMobile: false, isTouch: true, shortSide: 800 }],
    ["tablet", { isMobile: null, isTouch: true, shortSide: 820 }],
    ["computer", { isMobile: false, isTouch: false, shortSide: 1080 }],
    ["computer", { isMobile: null, isTouch: false, shortSide: 480 }],
  ] as const)("guesses a %s from %o", (device, hints) => {
    expect(deviceOf(hints)).toBe(device);
  });
});
