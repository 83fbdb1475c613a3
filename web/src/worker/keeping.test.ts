import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, it } from "vitest";
import type { KeptDays } from "../protocol/kept.ts";
import { keepFor, keptDays, removedBeforeMs } from "./keeping.ts";

beforeEach(() => {
  indexedDB = new IDBFactory();
});

it("is three days until the person chooses", async () => {
  expect(await keptDays()).toBe(3);
});

it.each<KeptDays>([1, 3, 7, 30, null])("is kept as it was chosen: %s", async (days) => {
  await keepFor(days);
  expect(await keptDays()).toBe(days);
});

it("takes nothing for a choice that is none", async () => {
  for (const odd of [0, -1, 1e9, "30", undefined]) {
    await keepFor(odd as unknown as KeptDays);
    expect(await keptDays()).toBe(3);
  }
});

it("is no time at all where nothing can be read, so that nothing is removed", async () => {
  indexedDB = {
    open: () => {
      throw new DOMException("blocked", "SecurityError");
    },
  } as unknown as IDBFactory;
  await expect(keptDays()).rejects.toThrow("blocked");
});

it("removes by whole days, and nothing where it stays until it is removed", () => {
  expect(removedBeforeMs(10 * 86_400_000, 7)).toBe(3 * 86_400_000);
  expect(removedBeforeMs(10 * 86_400_000, null)).toBe(-Infinity);
});
