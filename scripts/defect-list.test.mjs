import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { DEFECTS, planted } from "./defect-list.mjs";

const SOURCES = new URL("../swarm/src/", import.meta.url);

test.each(DEFECTS)("$name can be planted: its snippet stands once in $file", async (defect) => {
  const source = await readFile(new URL(defect.file, SOURCES), "utf8");
  expect(planted(defect, source)).not.toBe(source);
});

test("a snippet that is missing, or stands there twice, is refused", () => {
  const [defect] = DEFECTS;
  if (defect === undefined) throw new Error("no defects");
  expect(() => planted(defect, "")).toThrow("0 times");
  expect(() => planted(defect, defect.find + defect.find)).toThrow("2 times");
});

test("no two defects have the same name", () => {
  expect(new Set(DEFECTS.map(({ name }) => name)).size).toBe(DEFECTS.length);
});
