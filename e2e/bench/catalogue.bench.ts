/** A catalogue of many entries that people search, and the announces that mustn't notice. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { test } from "@playwright/test";
import { startServer } from "../server.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { writeSection } from "./report.ts";
import { CATALOGUE_ENTRIES, MB } from "./settings.ts";
import { announceAt, joinAll, percentile, residentBytes, where } from "./tracker/crowd.ts";
import { publishAll } from "./tracker/entries.ts";
import { shoalTracker } from "./tracker/shoal-tracker.ts";

const SEARCHER = fileURLToPath(new URL("tracker/searcher.mjs", import.meta.url));
const MEMBERS = 1000;
const ANNOUNCES_PER_SEC = 200;
const SEARCHES_PER_SEC = 20;
const ROUNDS = 12;
const ENVIRONMENT = {
  LOG_LEVEL: "error",
  CATALOGUE: "on",
  CATALOGUE_GRACE_S: "86400", // Nobody has what these entries name.
};
/** Of each of a round's parts: a minute of searches in all. */
const SECONDS = 5;
/** Until what filling it left is collected. */
const SETTLE_MS = 5000;

/**
 * Without searches twice: how much that differs by itself. And while as many search another server on
 * this machine: what fewer processors than programs cost, those who search among them.
 */
const PARTS = ["quiet", "again", "searched", "beside"] as const;
type Part = (typeof PARTS)[number];

test("a catalogue that is searched", async () => {
  const machine = where();
  const server = await startServer(ENVIRONMENT);
  const port = Number(new URL(server.url).port);
  const emptyBytes = await residentBytes(server.pid);
  const beganMs = performance.now();
  const titles = await publishAll(port, CATALOGUE_ENTRIES);
  const fillSeconds = (performance.now() - beganMs) / 1000;
  await setTimeout(SETTLE_MS);
  const fullBytes = await residentBytes(server.pid);
  const other = await startServer(ENVIRONMENT);
  const otherPort = Number(new URL(other.url).port);
  const otherTitles = await publishAll(otherPort, CATALOGUE_ENTRIES);
  await setTimeout(SETTLE_MS);
  const members = await joinAll(shoalTracker, port, MEMBERS);
  const searcher = searcherOf(port, titles);
  const searcherBeside = searcherOf(otherPort, otherTitles);

  /** Each part's announces, in ms, round by round. */
  const waits: Record<Part, number[][]> = { quiet: [], again: [], searched: [], beside: [] };
  const searches: number[] = [];
  for (const each of [searcher, searcherBeside]) await search(each);
  for (let round = 0; round < ROUNDS; round++) {
    // By chance: none always comes after the same one.
    for (const part of shuffled(PARTS)) {
      const searching = part === "searched" ? search(searcher) : null;
      const beside = part === "beside" ? search(searcherBeside) : null;
      waits[part].push(await announceAt(members, ANNOUNCES_PER_SEC, SECONDS));
      await beside;
      if (searching !== null) searches.push(...(await searching));
    }
    const p99s = (part: Part): number[] => waits[part].map((each) => percentile(each, 0.99));
    const announces = (part: Part): string => {
      const all = waits[part].flat();
      const [p50, p99] = [percentile(all, 0.5), percentile(all, 0.99)].map((ms) => ms.toFixed(1));
      return `${p50}, ${p99}; p99 by round ${spreadText(spreadOf(p99s(part)), 1)}`;
    };
    const ratios = (part: Part): string => {
      const toQuiet = p99s(part).map((ms, index) => ms / (p99s("quiet")[index] ?? NaN));
      return spreadText(spreadOf(toQuiet), 2);
    };
    const table = markdownTable(
      [`${CATALOGUE_ENTRIES} entries, ${SEARCHES_PER_SEC} searches/s`, ""],
      [
        ["search p50, ms", percentile(searches, 0.5).toFixed(1)],
        ["search p99, ms", percentile(searches, 0.99).toFixed(1)],
        [
          `announces at ${ANNOUNCES_PER_SEC}/s without searches, p50 and p99, ms`,
          announces("quiet"),
        ],
        ["again without", announces("again")],
        ["with searches", announces("searched")],
        ["while another server is searched", announces("beside")],
        ["p99 without again / without, by round", ratios("again")],
        ["p99 with searches / without, by round", ratios("searched")],
        ["p99 while another server is / without, by round", ratios("beside")],
        ["resident, MB, empty", (emptyBytes / MB).toFixed(0)],
        ["resident, MB, with all entries", (fullBytes / MB).toFixed(0)],
        ["entries taken per second", (CATALOGUE_ENTRIES / fillSeconds).toFixed(0)],
      ],
    );
    const text = `${machine}. ${searches.length} searches in ${round + 1} rounds.\n\n${table}`;
    await writeSection("catalogue", text);
  }
  searcher.kill();
  searcherBeside.kill();
  for (const member of members) member.close();
  await server.stop();
  await other.stop();
});

function shuffled<T>(all: readonly T[]): T[] {
  const places = all.map((one) => ({ one, place: Math.random() }));
  return places.toSorted((a, b) => a.place - b.place).map(({ one }) => one);
}

function searcherOf(port: number, titles: readonly string[]): ChildProcess {
  const searcher = fork(SEARCHER, [String(port)]);
  searcher.send({ titles });
  return searcher;
}

/** Searches for `SECONDS`; in ms, each. */
async function search(searcher: ChildProcess): Promise<number[]> {
  searcher.send({ perSec: SEARCHES_PER_SEC, seconds: SECONDS });
  const [took] = (await once(searcher, "message")) as [number[]];
  return took;
}
