/** A catalogue of many entries that people search, and the announces that mustn't notice. */
import { setTimeout } from "node:timers/promises";
import { test } from "@playwright/test";
import { startServer } from "../server.ts";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { writeSection } from "./report.ts";
import { CATALOGUE_ENTRIES, MB } from "./settings.ts";
import { announceAt, joinAll, percentile, residentBytes, where } from "./tracker/crowd.ts";
import { publishAll, searchAt } from "./tracker/entries.ts";
import { shoalTracker } from "./tracker/shoal-tracker.ts";

const MEMBERS = 1000;
const ANNOUNCES_PER_SEC = 200;
const SEARCHES_PER_SEC = 20;
/** A minute of searches in all. */
const ROUNDS = 6;
const SECONDS = 10;
/** Until what filling it left is collected. */
const SETTLE_MS = 5000;

test("a catalogue that is searched", async () => {
  const machine = where();
  const server = await startServer({
    LOG_LEVEL: "error",
    CATALOGUE: "on",
    CATALOGUE_GRACE_S: "86400", // Nobody has what these entries name.
  });
  const port = Number(new URL(server.url).port);
  const emptyBytes = await residentBytes(server.pid);
  const beganMs = performance.now();
  const titles = await publishAll(port, CATALOGUE_ENTRIES);
  const fillSeconds = (performance.now() - beganMs) / 1000;
  await setTimeout(SETTLE_MS);
  const fullBytes = await residentBytes(server.pid);
  const members = await joinAll(shoalTracker, port, MEMBERS);
  const announces = async (): Promise<number> =>
    percentile(await announceAt(members, ANNOUNCES_PER_SEC, SECONDS), 0.99);

  const quiet: number[] = [];
  const searched: number[] = [];
  const searches: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(await announces());
    const [p99, took] = await Promise.all([
      announces(),
      searchAt(port, titles, SEARCHES_PER_SEC, SECONDS),
    ]);
    searched.push(p99);
    searches.push(...took);
    const ratios = searched.map((ms, index) => ms / (quiet[index] ?? NaN));
    const table = markdownTable(
      [`${CATALOGUE_ENTRIES} entries, ${SEARCHES_PER_SEC} searches/s`, ""],
      [
        ["search p50, ms", percentile(searches, 0.5).toFixed(1)],
        ["search p99, ms", percentile(searches, 0.99).toFixed(1)],
        [
          `announce p99 at ${ANNOUNCES_PER_SEC}/s, ms, without searches`,
          spreadText(spreadOf(quiet), 1),
        ],
        ["and with them", spreadText(spreadOf(searched), 1)],
        ["ratio, round by round", spreadText(spreadOf(ratios), 2)],
        ["resident, MB, empty", (emptyBytes / MB).toFixed(0)],
        ["resident, MB, with all entries", (fullBytes / MB).toFixed(0)],
        ["entries taken per second", (CATALOGUE_ENTRIES / fillSeconds).toFixed(0)],
      ],
    );
    const text = `${machine}. ${searches.length} searches in ${round + 1} rounds.\n\n${table}`;
    await writeSection("catalogue", text);
  }
  for (const member of members) member.close();
  await server.stop();
});
