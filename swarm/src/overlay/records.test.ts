import { describe, expect, test } from "vitest";
import { toBase64url } from "../bytes.ts";
import type { RingRecord } from "./io.ts";
import { MOST_CONTENT_BYTES, Records } from "./records.ts";

const MEGABYTE = 1024 * 1024;

/** A record at this byte of the ring's first: 0 is at the holder itself, 128 opposite. */
function recordAt(first: number, index: number, change: Partial<RingRecord> = {}): RingRecord {
  const key = new Uint8Array(32);
  key.set([first, index >> 8, index & 255]);
  return {
    key: toBase64url(key),
    slot: toBase64url(new Uint8Array(16)),
    sequence: 1,
    expiresMs: 60_000,
    content: new Uint8Array(MOST_CONTENT_BYTES),
    ...change,
  };
}

describe("records", () => {
  test("are held up to two megabytes, and the farthest make room for nearer ones", () => {
    const records = new Records(0);
    const taken = Array.from({ length: 400 }, (_, index) => records.take(recordAt(100, index), 0));
    expect(taken.filter(Boolean)).toHaveLength(Math.floor((2 * MEGABYTE) / MOST_CONTENT_BYTES));
    const near = Array.from({ length: 400 }, (_, index) => recordAt(1, index));
    for (const record of near) records.take(record, 0);
    expect(records.contentBytes).toBeLessThanOrEqual(2 * MEGABYTE);
    expect([...records.all()].every(({ at }) => at < 2 ** 48 / 100)).toBe(true);
    expect(records.take(recordAt(100, 0), 0)).toBe(false);
  });

  test("small ones are held up to a thousand", () => {
    const records = new Records(0);
    const content = new Uint8Array(10);
    for (let index = 0; index < 2000; index++) {
      records.take(recordAt(1 + (index % 100), index, { content }), 0);
    }
    expect(records.size).toBe(1000);
    expect(records.contentBytes).toBe(10_000);
  });

  test("what has expired makes room before anything else does", () => {
    const records = new Records(0);
    const content = new Uint8Array(10);
    for (let index = 0; index < 1000; index++) {
      records.take(recordAt(1, index, { content, expiresMs: 1000 }), 0);
    }
    expect(records.take(recordAt(100, 0), 500)).toBe(false);
    expect(records.take(recordAt(100, 0), 1000)).toBe(true);
    expect(records.size).toBe(1);
  });

  test("a newer one of its slot takes an older one’s place and room", () => {
    const records = new Records(0);
    records.take(recordAt(1, 1), 0);
    expect(records.take(recordAt(1, 1, { sequence: 2, content: new Uint8Array(5) }), 0)).toBe(true);
    expect(records.take(recordAt(1, 1), 0)).toBe(false);
    expect([records.size, records.contentBytes]).toEqual([1, 5]);
  });

  test("of one key sixteen: the one that ends first goes", () => {
    const records = new Records(0);
    const key = recordAt(1, 1).key;
    for (let index = 0; index < 20; index++) {
      const slot = toBase64url(new Uint8Array(16).fill(index));
      records.take({ ...recordAt(1, 1), slot, expiresMs: 60_000 + index }, 0);
    }
    const kept = records.get(key, 0).map(({ expiresMs }) => expiresMs - 60_000);
    expect(kept).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });

  test.each([
    ["too large", { content: new Uint8Array(MOST_CONTENT_BYTES + 1) }],
    ["over", { expiresMs: 1000 }],
    ["to last for more than an hour", { expiresMs: 3_601_001 }],
  ])("one that is %s isn’t taken", (_what, change) => {
    expect(new Records(0).take(recordAt(1, 1, change), 1000)).toBe(false);
  });
});
