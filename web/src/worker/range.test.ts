import { expect, test } from "vitest";
import { rangeOf } from "./range.ts";

const part = (start: number, end: number) => ({ kind: "part", part: { start, end } });

test.each<[string, number, ReturnType<typeof part>]>([
  ["bytes=0-", 100, part(0, 100)],
  ["bytes=0-0", 100, part(0, 1)],
  ["bytes=10-19", 100, part(10, 20)],
  ["bytes=99-", 100, part(99, 100)],
  ["bytes=90-1000", 100, part(90, 100)],
  ["bytes=-10", 100, part(90, 100)],
  ["bytes=-1000", 100, part(0, 100)],
  ["Bytes=5-6 ", 100, part(5, 7)],
  ["bytes=0-99999999999999999999999999", 100, part(0, 100)],
])("%s of %i bytes", (header, sizeBytes, expected) => {
  expect(rangeOf(header, sizeBytes)).toEqual(expected);
});

test.each([
  null,
  "",
  "bytes=",
  "bytes=-",
  "bytes=5-2",
  "bytes=a-b",
  "bytes=0-1,5-6",
  "bytes=0x10-",
  "bytes=1.5-",
  "bytes=--5",
  "seconds=0-",
])("%s isn't minded", (header) => {
  expect(rangeOf(header, 100)).toEqual({ kind: "whole" });
});

test.each<[string, number]>([
  ["bytes=100-", 100],
  ["bytes=100-200", 100],
  ["bytes=99999999999999999999-", 100],
  ["bytes=-0", 100],
  ["bytes=0-", 0],
  ["bytes=-5", 0],
])("%s lies outside of %i bytes", (header, sizeBytes) => {
  expect(rangeOf(header, sizeBytes)).toEqual({ kind: "outside" });
});
