import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatRoundBytes,
  formatSpeed,
  wholePercent,
} from "./format.ts";

describe("formats", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [99_949, "99.9 kB"],
    [99_950, "100 kB"],
    [999_949, "1,000 kB"],
    [999_950, "1.0 MB"],
    [1_482_000_000, "1.5 GB"],
    [8 * 1024 ** 4, "8.8 TB"],
    [2_500_000_000_000_000, "2,500 TB"],
  ])("writes %i bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, "0 kB/s"],
    [120, "0.1 kB/s"],
    [3_240_000, "3.2 MB/s"],
    [-1, "0 kB/s"],
  ])("writes a speed of %i as %s", (speed, text) => {
    expect(formatSpeed(speed)).toBe(text);
  });

  it("rounds percent down, so that 100 means all", () => {
    expect(wholePercent(0.9999)).toBe(99);
    expect(wholePercent(0.29)).toBe(29);
    expect(wholePercent(1)).toBe(100);
    expect(wholePercent(-1)).toBe(0);
    expect(formatPercent(0.426)).toBe("42%");
  });

  it.each([
    [1, "5 sec"],
    [42, "45 sec"],
    [60, "1 min"],
    [150, "3 min"],
    [59 * 60 + 40, "1 hr"],
    [7800, "2 hr 10 min"],
    [86_400 * 3, "3 days"],
  ])("writes %i s as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each([
    [0, "this minute"],
    [119_000, "1 minute ago"],
    [59 * 60_000, "59 minutes ago"],
    [3 * 3_600_000, "3 hours ago"],
    [30 * 3_600_000, "yesterday"],
    [9 * 86_400_000, "9 days ago"],
  ])("writes an age of %i ms as %s", (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });

  it("writes round numbers of bytes without decimals", () => {
    expect([10_000_000, 1_000_000_000].map(formatRoundBytes)).toEqual(["10 MB", "1 GB"]);
  });

  it("groups thousands", () => {
    expect(formatCount(2000)).toBe("2,000");
  });
});
