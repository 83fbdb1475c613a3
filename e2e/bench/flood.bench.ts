/** One address floods the tracker at ten times its limits: what everyone else notices of it. */
import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { test } from "@playwright/test";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { writeSection } from "./report.ts";
import { RUNS } from "./settings.ts";
import { announceAt, joinAll, percentile, where } from "./tracker/crowd.ts";
import { shoalTracker } from "./tracker/shoal-tracker.ts";

const FLOODER = fileURLToPath(new URL("tracker/flooder.mjs", import.meta.url));
/** The crowd that one process is meant for. */
const MEMBERS = 10_000;
const ANNOUNCES_PER_SEC = 500;
const SECONDS = 10;
/** Until what a flood left is over. */
const SETTLE_MS = 3000;

type Done = { readonly connections: number; readonly refused: number; readonly frames: number };

test("a flood from one address", async () => {
  const machine = where();
  const quiet: number[] = [];
  const flooded: number[] = [];
  const floods: Done[] = [];
  const tracker = await shoalTracker.start(0);
  const members = await joinAll(shoalTracker, tracker.port, MEMBERS);
  const p99 = async (): Promise<number> =>
    percentile(await announceAt(members, ANNOUNCES_PER_SEC, SECONDS), 0.99);
  for (let run = 0; run < RUNS; run++) {
    await setTimeout(SETTLE_MS);
    quiet.push(await p99());
    // It stands for another machine: it takes only what time is left on the processors.
    const command = [process.execPath, FLOODER, String(tracker.port), String(SECONDS)];
    const flooder = promisify(execFile)("nice", ["-n", "19", ...command]);
    flooded.push(await p99());
    floods.push(JSON.parse((await flooder).stdout) as Done);
    const rows = [
      ["announce p99 of the others, ms, without", spreadText(spreadOf(quiet), 1)],
      ["and with the flood", spreadText(spreadOf(flooded), 1)],
      [
        "ratio, round by round",
        spreadText(spreadOf(flooded.map((ms, round) => ms / (quiet[round] ?? NaN))), 2),
      ],
      ...(["connections", "refused", "frames"] as const).map((what) => [
        `the flood's ${what} per second`,
        spreadText(spreadOf(floods.map((done) => done[what] / SECONDS)), 0),
      ]),
    ];
    const table = markdownTable([`${MEMBERS} sockets, ${ANNOUNCES_PER_SEC} announces/s`, ""], rows);
    await writeSection("flood", `${machine}. ${run + 1} rounds.\n\n${table}`);
  }
  for (const member of members) member.close();
  await tracker.kill();
});
