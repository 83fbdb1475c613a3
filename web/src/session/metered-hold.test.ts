import { expect, it } from "vitest";
import { MeteredHold } from "./metered-hold.ts";

const LARGE = { totalBytes: 1_200_000_000, verifiedBytes: 0 };

it("asks before much is fetched over a connection that costs", () => {
  const hold = new MeteredHold();
  expect(hold.begins("cellular", LARGE)).toBe(true);
  expect(hold.state).toBe("asking");
});

it("asks nothing where it costs nothing, or little is left", () => {
  const hold = new MeteredHold();
  expect(hold.begins(null, LARGE)).toBe(false);
  expect(hold.begins("save-data", { totalBytes: 9_999_999, verifiedBytes: 0 })).toBe(false);
  expect(hold.begins("cellular", { ...LARGE, verifiedBytes: 1_199_000_000 })).toBe(false);
  expect(hold.state).toBeNull();
});

it("asks once", () => {
  const hold = new MeteredHold();
  hold.begins("cellular", LARGE);
  hold.allow();
  expect(hold.state).toBeNull();
  expect(hold.begins("cellular", LARGE)).toBe(false);
});

it("goes on by itself with another connection, whether it waits or still asks", () => {
  const hold = new MeteredHold();
  hold.begins("cellular", LARGE);
  expect(hold.changed("save-data")).toBe(false);
  expect(hold.changed(null)).toBe(true);
  hold.begins("cellular", LARGE);
  hold.wait();
  expect(hold.begins("cellular", LARGE)).toBe(true);
  expect(hold.state).toBe("waiting");
  expect(hold.changed(null)).toBe(true);
  expect(hold.changed(null)).toBe(false);
});

it("holds nothing that was given up", () => {
  const hold = new MeteredHold();
  hold.begins("cellular", LARGE);
  hold.wait();
  hold.drop();
  expect(hold.changed(null)).toBe(false);
});
