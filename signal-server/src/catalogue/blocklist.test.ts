import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { swarmIdOf } from "@shoal/swarm/ids";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SERVER_LIMITS } from "../limits.ts";
import { readBlocklist } from "./blocklist.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "shoal-blocklist-"));
  file = path.join(folder, "blocked");
});
afterAll(() => rm(folder, { recursive: true }));

function swarmNumber(number: number) {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return swarmIdOf(bytes);
}

test("swarms are read one a line, without remarks, and wrong lines are told by number", async () => {
  const [one, other] = [swarmNumber(1), swarmNumber(2)];
  await writeFile(file, `# why\r\n${one} # because\n\n  ${other}  \nno swarm\n${one}x\n${one}`);
  expect(readBlocklist(file)).toEqual({ swarms: new Set([one, other]), wrongLines: [5, 6] });
});

test("no more than so many are taken", async () => {
  const { blocked } = SERVER_LIMITS.catalogue;
  const lines = Array.from({ length: blocked + 1 }, (_, number) => swarmNumber(number));
  await writeFile(file, lines.join("\n"));
  const { swarms, wrongLines } = readBlocklist(file);
  expect([swarms.size, wrongLines]).toEqual([blocked, [blocked + 1]]);
});

test("one that is too large isn't read", async () => {
  await truncate(file, SERVER_LIMITS.catalogue.blocklistBytes + 1);
  expect(() => readBlocklist(file)).toThrow("too large");
});
