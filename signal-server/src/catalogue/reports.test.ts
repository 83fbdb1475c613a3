import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { SwarmId } from "@shoal/swarm/ids";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { makeShare } from "../../test/share.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { openLog } from "../log.ts";
import { decodeReport, Reports } from "./reports.ts";

const { reportersPerEntry, reportsFileBytes, reportWordsBytes } = SERVER_LIMITS.catalogue;
const LOG = openLog("silent");

let folder: string;
let file: string;
let counted: number;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "shoal-reports-"));
  file = path.join(folder, "reports");
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  counted = 0;
  await writeFile(file, "");
});

const { swarm, entry } = await makeShare();
const { stated } = await entry();
const report = { swarm, reason: "other", words: "" } as const;

const open = (where: string | null, listed = (id: SwarmId) => id === swarm) =>
  new Reports(where, {
    listed: (id) => (listed(id) ? { entry: stated } : null),
    nowMs: () => 0,
    log: LOG,
    counted: () => counted++,
  });

test("what a report says is cut, and harmless on its line", () => {
  const words = `a\nb\u202e${"x".repeat(2 * reportWordsBytes)}`;
  const decoded = decodeReport(JSON.stringify({ ...report, words }));
  // What was taken away had its place.
  expect(decoded?.words).toHaveLength(reportWordsBytes - 1);
  expect(decoded?.words).toMatch(/^a bx+$/);
});

test("an entry has so many reporters, and is heard of again once it was gone", () => {
  let isListed = true;
  const reports = open(null, () => isListed);
  for (let number = 0; number < reportersPerEntry + 5; number++) reports.take(report, `${number}`);
  expect(counted).toBe(reportersPerEntry);
  isListed = false;
  reports.tidy();
  isListed = true;
  reports.take(report, "one more");
  expect(counted).toBe(reportersPerEntry + 1);
});

test("a file that is full gets no more, while reports go on to be counted", async () => {
  const reports = open(file);
  reports.take(report, "first");
  await reports.flush();
  expect(await readFile(file, "utf8")).toContain(swarm);
  await truncate(file, reportsFileBytes);
  reports.take(report, "second");
  await reports.flush();
  expect((await readFile(file)).length).toBe(reportsFileBytes);
  expect(counted).toBe(2);
});

test("a file that can't be written harms nothing", async () => {
  const reports = open(path.join(folder, "no such folder", "reports"));
  reports.take(report, "first");
  await reports.flush();
  expect(counted).toBe(1);
});
