/** The index on its own thread: the built file, as the server starts it. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type SwarmId, swarmIdOf } from "@shoal/swarm/ids";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { build } from "vite";
import { SERVER_LIMITS } from "../limits.ts";
import { Searcher } from "./searcher.ts";
import { type OpenThread, threadOf } from "./thread.ts";
import type { IndexedEntry, Wanted } from "./word-index.ts";

const PACKAGE = path.resolve(import.meta.dirname, "../..");

let built: string;
let openThread: OpenThread;
beforeAll(async () => {
  built = await mkdtemp(path.join(PACKAGE, "node_modules", ".thread-"));
  const options = { ssr: "src/catalogue/search-thread.ts", outDir: built, emptyOutDir: true };
  await build({ root: PACKAGE, configFile: false, logLevel: "error", build: options });
  openThread = threadOf(pathToFileURL(path.join(built, "search-thread.js")));
});
afterAll(() => rm(built, { recursive: true }));

let searcher: Searcher;
afterEach(() => searcher.close());

const swarmNumber = (number: number): SwarmId => {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, number);
  return swarmIdOf(bytes);
};

const entryNumber = (number: number): IndexedEntry => ({
  swarm: swarmNumber(number),
  title: `Lisbon ${number}`,
  description: "",
  tags: [],
  kind: "other",
  totalBytes: 1,
  listedMs: 0,
  sources: 0,
});

const LISBON: Wanted = {
  words: "lisbon",
  kind: null,
  minBytes: 0,
  maxBytes: Infinity,
  near: [],
  offset: 0,
  count: 20,
};

const neverCrashes = (): void => expect.unreachable("it doesn't crash");
const isReady = () => expect.poll(() => searcher.isReady).toBe(true);

test("what is put in, counted and taken out is so on the thread, in that order", async () => {
  searcher = new Searcher({ openThread, entries: () => [], crashed: neverCrashes });
  await isReady();
  for (const number of [1, 2, 3]) searcher.put(entryNumber(number));
  searcher.count(swarmNumber(2), 5);
  searcher.remove(swarmNumber(3));
  expect(await searcher.search(LISBON)).toMatchObject({ total: 2 });
  const best = { total: 2, swarms: [swarmNumber(2)] };
  expect(await searcher.search({ ...LISBON, count: 1 })).toEqual(best);
  expect(await searcher.suggest("lis", 1)).toEqual({ total: 1, swarms: [swarmNumber(2)] });
});

/** Of this process's threads: each one's scheduling policy, and how nice it is (proc(5)). */
function schedules(): { policy: string | undefined; nice: string | undefined }[] {
  const tasks = "/proc/self/task";
  return readdirSync(tasks).map((thread) => {
    const [, rest = ""] = readFileSync(path.join(tasks, thread, "stat"), "utf8").split(") ");
    const fields = rest.split(" "); // From the third on.
    return { nice: fields[19 - 3], policy: fields[41 - 3] };
  });
}

test.runIf(process.platform === "linux")("searches give way to all else at once", async () => {
  searcher = new Searcher({ openThread, entries: () => [], crashed: neverCrashes });
  const SCHED_IDLE = "5";
  await expect.poll(schedules).toContainEqual({ policy: SCHED_IDLE, nice: "19" });
});

test("a thread that crashes is noticed, and another one knows all that it knew", async () => {
  const entries = new Map(
    Array.from({ length: 1000 }, (_, number) => [number, entryNumber(number)]),
  );
  const reasons: unknown[] = [];
  searcher = new Searcher({
    openThread,
    entries: () => entries.values(),
    crashed: (why) => reasons.push(why),
    restartMs: 50,
  });
  expect(await searcher.search(LISBON)).toBe("unavailable");
  await isReady();
  expect(await searcher.search(LISBON)).toMatchObject({ total: 1000 });

  searcher.put(null as never); // What can't be: it ends the thread.
  expect(await searcher.search(LISBON)).toBe("unavailable");
  expect(reasons).toEqual([expect.any(TypeError)]);
  expect(searcher.isReady).toBe(false);
  expect(await searcher.suggest("lis", 8)).toBe("unavailable");
  // What changes while there is no thread is known to the next one.
  entries.set(1000, entryNumber(1000));
  searcher.put(entryNumber(1000));
  await isReady();
  expect(await searcher.search(LISBON)).toMatchObject({ total: 1001 });
});

test("no more than so many wait for a thread that doesn't answer", async () => {
  let answer: Parameters<OpenThread>[0] = () => undefined;
  searcher = new Searcher({
    openThread: (heard) => {
      answer = heard;
      return {
        end: () => undefined,
        post(message) {
          if (message.type !== "ask" || message.of.type !== "sync") return;
          heard({ re: message.re, found: { total: 0, swarms: [] } });
        },
      };
    },
    entries: () => [],
    crashed: neverCrashes,
  });
  await isReady();
  const { searchesWaiting } = SERVER_LIMITS.catalogue;
  const waiting = Array.from({ length: searchesWaiting }, () => searcher.search(LISBON));
  expect(await searcher.search(LISBON)).toBe("busy");
  // The first question was whether it is ready.
  for (let re = 2; re < 2 + searchesWaiting; re++) answer({ re, found: { total: re, swarms: [] } });
  expect(await Promise.all(waiting)).toHaveLength(searchesWaiting);
});
