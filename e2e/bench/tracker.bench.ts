/** The same crowd at Shoal's tracker and at bittorrent-tracker's, in turns, on the same processors. */
import { tmpdir } from "node:os";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "@playwright/test";
import { markdownTable, spreadOf, spreadText } from "./figures.ts";
import { writeSection } from "./report.ts";
import { CROWDS, MB, RUNS } from "./settings.ts";
import { bittorrentTracker } from "./tracker/bittorrent-tracker.ts";
import {
  announceAt,
  announceFlatOut,
  joinAll,
  percentile,
  rejoinAll,
  residentBytes,
  where,
} from "./tracker/crowd.ts";
import type { TrackerContender } from "./tracker/crowd.ts";
import { shoalTracker } from "./tracker/shoal-tracker.ts";

const PACE_PER_SEC = 500;
const PACE_SECONDS = 10;
const FLAT_OUT = { atOnce: 64, seconds: 5 };
/** Until what joining left is collected. */
const SETTLE_MS = 5000;

/** What is measured of one tracker, in a row each. */
const ROWS = {
  joinsPerSec: ["joins/s, all at once", 0],
  joinCpuMs: ["its CPU, ms per join", 2],
  residentMb: ["resident, MB, with all of them", 0],
  perPeerKb: ["of it per peer, KB", 1],
  p50Ms: [`announce at ${PACE_PER_SEC}/s, p50, ms`, 1],
  p99Ms: [`announce at ${PACE_PER_SEC}/s, p99, ms`, 1],
  announceCpuMs: ["its CPU, ms per announce", 2],
  announcesPerSec: [`announces/s, ${FLAT_OUT.atOnce} under way`, 0],
  backSeconds: ["all back after a kill and a start, s", 1],
} as const;

type Figures = Record<keyof typeof ROWS, number>;

/** Seconds of processor that a process has used. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function takeTurn(contender: TrackerContender, count: number): Promise<Figures> {
  const tracker = await contender.start(0);
  const { pid, port } = tracker;
  const atFirst = await residentBytes(pid);
  const cpuAtFirst = await cpuSeconds(pid);
  const joinBegan = performance.now();
  const members = await joinAll(contender, port, count);
  const joinSeconds = (performance.now() - joinBegan) / 1000;
  const joinCpu = (await cpuSeconds(pid)) - cpuAtFirst;
  await setTimeout(SETTLE_MS);
  const resident = await residentBytes(pid);

  const cpuBefore = await cpuSeconds(pid);
  const took = await announceAt(members, PACE_PER_SEC, PACE_SECONDS);
  const announceCpu = (await cpuSeconds(pid)) - cpuBefore;
  const announcesPerSec = await announceFlatOut(members, FLAT_OUT.atOnce, FLAT_OUT.seconds);

  await tracker.kill();
  await Promise.all(members.map(({ ended }) => ended));
  const backBegan = performance.now();
  const [again, back] = await Promise.all([
    contender.start(port),
    rejoinAll(contender, port, count),
  ]);
  const backSeconds = (performance.now() - backBegan) / 1000;
  for (const member of back) member.close();
  await again.kill();
  return {
    joinsPerSec: count / joinSeconds,
    joinCpuMs: (1000 * joinCpu) / count,
    residentMb: resident / MB,
    perPeerKb: (resident - atFirst) / 1000 / count,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
    announceCpuMs: (1000 * announceCpu) / (PACE_PER_SEC * PACE_SECONDS),
    announcesPerSec,
    backSeconds,
  };
}

for (const count of CROWDS) {
  test(`a crowd of ${count} at the tracker`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "shoal-bench-"));
    try {
      const contenders = [shoalTracker, await bittorrentTracker(folder)];
      const machine = where();
      const turns = new Map<string, Figures[]>(contenders.map(({ name }) => [name, []]));
      for (let run = 0; run < RUNS; run++) {
        for (const one of run % 2 === 0 ? contenders : contenders.toReversed()) {
          console.log(`tracker, ${count}, round ${run + 1}: ${one.name}`);
          turns.get(one.name)?.push(await takeTurn(one, count));
        }
        const rows = Object.entries(ROWS).map(([key, [label, digits]]) => [
          label,
          ...[...turns.values()].map((figures) =>
            spreadText(spreadOf(figures.map((one) => one[key as keyof Figures])), digits),
          ),
        ]);
        const table = markdownTable([`${count} sockets`, ...turns.keys()], rows);
        await writeSection(`tracker-${count}`, `${machine}. ${run + 1} rounds.\n\n${table}`);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
