import { expect, it } from "vitest";
import type { SharedFile } from "../protocol/messages.ts";
import { Strips } from "./strips.ts";

const [a, b, c] = ["a", "b", "c"].map((name): SharedFile => ({
  path: [name],
  file: new File([], name),
})) as [SharedFile, SharedFile, SharedFile];
const [one, two] = [{ name: "one" }, { name: "two" }] as unknown as [
  FileSystemHandle,
  FileSystemHandle,
];

it("strips come before the files of the message that they belong to, once", () => {
  const strips = new Strips();
  expect(strips.take({ type: "more-files", files: [a], handles: [] })).toBeNull();
  expect(strips.take({ type: "more-files", files: [b], handles: [] })).toBeNull();
  expect(strips.take({ type: "own-copy", files: [c] })).toEqual({
    type: "own-copy",
    files: [a, b, c],
  });
  const last = { type: "own-copy", files: [b] } as const;
  expect(strips.take(last)).toEqual(last);
});

it("what comes in between is passed on at once", () => {
  const strips = new Strips();
  const pause = { type: "command", command: "pause" } as const;
  strips.take({ type: "more-files", files: [a], handles: [one] });
  expect(strips.take(pause)).toBe(pause);
  const share = {
    type: "share",
    files: [b],
    handles: [two],
    trackers: [],
    pageUrl: "",
    password: null,
    hasCatalogue: false,
  } as const;
  expect(strips.take(share)).toEqual({ ...share, files: [a, b], handles: [one, two] });
});

it("who goes on with known files sends none", () => {
  const strips = new Strips();
  strips.take({ type: "more-files", files: [], handles: [one] });
  const goOn = { type: "go-on", files: null, handles: [two] } as const;
  expect(strips.take(goOn)).toEqual({ ...goOn, handles: [one, two] });
});
