/** What a measurement is told by the environment; docs/benchmarks.md lists it. */
import { fileURLToPath } from "node:url";
import type { Engine } from "../browsers.ts";
import { ENGINES } from "../system-browsers.mjs";

/** Figures are in MB and GB of ten's powers, as networks count. */
export const MB = 1_000_000;
export const GB = 1_000 * MB;

const REPORT = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

/** @throws {Error} Unless each is a number above 0. */
function numbers(name: string, usual: string): number[] {
  return (process.env[name] ?? usual).split(",").map((text) => {
    const number = Number(text);
    if (!(number > 0)) throw new Error(`${name} is "${text}", and has to be a number above 0`);
    return number;
  });
}

function number(name: string, usual: number): number {
  return numbers(name, String(usual))[0] ?? usual;
}

/**
 * The engines to measure, one after the other.
 *
 * @param usual Those that are taken unless `BENCH_ENGINES` names others.
 * @throws {Error} When it names one that there isn't.
 */
export function engines(usual = "chromium,firefox"): Engine[] {
  return (process.env["BENCH_ENGINES"] ?? usual).split(",").map((name) => {
    const engine = ENGINES.find((known) => known === name);
    if (engine === undefined) throw new Error(`BENCH_ENGINES names "${name}", which is no engine`);
    return engine;
  });
}

/** How often each is measured, taking turns. */
export const RUNS = number("BENCH_RUNS", 5);

/** The same, for links: they take a moment. */
export const LINK_RUNS = number("BENCH_LINK_RUNS", 7);

/** Of the file that goes from one to one. */
export const TRANSFER_BYTES = number("BENCH_MB", 512) * MB;

/** Of the file that goes from one to several, and how many those are. */
export const SWARM_BYTES = number("BENCH_SWARM_MB", 100) * MB;
export const LEECHER_COUNT = number("BENCH_LEECHERS", 4);

/** Of the file that a raw channel takes before each swarm, to see what the machine is good for. */
export const CONTROL_BYTES = number("BENCH_CONTROL_MB", 256) * MB;

/** Of the file that goes at a bounded speed, and that speed. */
export const PACED_BYTES = number("BENCH_PACED_MB", 100) * MB;
export const PACE_BYTES_PER_SEC = number("BENCH_PACE_MB", 5) * MB;

/** Of the files whose transfers' memory is measured. */
export const MEMORY_BYTES = numbers("BENCH_MEMORY_MB", "100,1000,10000").map((size) => size * MB);

/** Of the file whose download is killed half-way. */
export const RESUME_BYTES = number("BENCH_RESUME_MB", 10_000) * MB;

/** How many sockets trackers are tried with. */
export const CROWDS = numbers("BENCH_CROWDS", "1000,10000");

/** How many entries the catalogue has that is searched. */
export const CATALOGUE_ENTRIES = number("BENCH_ENTRIES", 100_000);

/** The Markdown file that takes the tables; charts go beside it. */
export const REPORT_FILE = process.env["BENCH_REPORT"] ?? REPORT;
