import { makeManifest } from "@shoal/swarm/share/manifest";
import { expect, test } from "vitest";
import { filesOf, indexOf } from "./file-index.ts";

test("a list of files comes out as it went in", () => {
  const files = [
    { path: ["a.txt"], sizeBytes: 0 },
    { path: ["عطلة", "b c", "🏖️.jpg"], sizeBytes: 7 * 1024 ** 4 },
  ];
  expect(filesOf(indexOf(files))).toEqual(files);
  expect(filesOf(indexOf([]))).toEqual([]);
});

test("no name of a manifest is taken for two", () => {
  const { files } = makeManifest([
    { path: ["a\nb", "c/d\r\n\u2028e\\f.txt"], sizeBytes: 1 },
    { path: ["a"], sizeBytes: 2 },
  ]);
  expect(filesOf(indexOf(files))).toMatchObject(files);
});
