import { expect, it, vi } from "vitest";
import { leave, release } from "./garbage.ts";

const MIB = 1024 * 1024;

it("tells the collector each time that 16 MiB were left behind", () => {
  const tell = vi.fn();
  for (let count = 0; count < 63; count++) leave(MIB / 2, tell);
  expect(tell).toHaveBeenCalledTimes(1);
  leave(MIB / 2, tell);
  expect(tell).toHaveBeenCalledTimes(2);
});

it("gives a buffer back, time and again", () => {
  for (let count = 0; count < 3; count++) {
    const buffer = new ArrayBuffer(MIB);
    release(buffer);
    expect(buffer.byteLength).toBe(0);
  }
});
