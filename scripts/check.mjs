/**
 * `pnpm test`: everything that says whether this tree is sound, in one run.
 *
 *     pnpm test                 all suites
 *     pnpm test unit chromium   some of them
 *
 * The last line on standard output is `N passed, N failed`, with `, N skipped` if any were. Exit
 * code 1 if anything failed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { countsOf } from "./counts.mjs";
import { run } from "./run.mjs";
import { SUITES } from "./suites.mjs";

/** @typedef {import("./suites.mjs").Suite} Suite */
/** @typedef {{ suite: Suite, outcome: string, seconds: number } & import("./counts.mjs").Counts} Row */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** All suites together; a suite's own budget is cut to what is left of it. */
const TOTAL_SECONDS = 24 * 60 + 40;

const startedMs = performance.now();
const secondsSince = (/** @type {number} */ sinceMs) => (performance.now() - sinceMs) / 1000;

/** @returns {Suite[]} The suites that the command line names, and what they need; all, if none. */
function chosen() {
  const names = process.argv.slice(2).filter((argument) => argument !== "--");
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    const known = SUITES.map((suite) => suite.name).join(", ");
    console.error(`no suite is called ${unknown.join(", ")}; there are ${known}`);
    process.exit(1);
  }
  if (names.length === 0) return SUITES;
  const needed = SUITES.filter((suite) => names.includes(suite.name)).flatMap(
    (suite) => suite.needs ?? [],
  );
  return SUITES.filter(({ name }) => names.includes(name) || needed.includes(name));
}

/** @returns {[command: string, args: string[]]} How to run the pnpm that runs this. */
function pnpm() {
  const program = process.env["npm_execpath"] ?? "pnpm";
  return /\.[cm]?js$/.test(program) ? [process.execPath, [program]] : [program, []];
}

/**
 * @param {Suite} suite
 * @param {string} reports The folder for its report.
 * @returns {Promise<Row>}
 */
async function runSuite(suite, reports) {
  console.log(`\n== ${suite.name}`);
  const [command, prefix] = pnpm();
  const reportFile = path.join(reports, `${suite.name}.json`);
  const reporters =
    suite.report === "vitest"
      ? ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`]
      : [];
  const leftSeconds = TOTAL_SECONDS - secondsSince(startedMs);
  const suiteStartedMs = performance.now();
  const outcome = await run(
    command,
    [...prefix, "run", suite.script, ...(suite.args ?? []), ...reporters],
    {
      cwd: ROOT,
      budgetMs: Math.max(0, Math.min(suite.budgetSeconds, leftSeconds)) * 1000,
      env: suite.report === "playwright" ? { E2E_JSON: reportFile } : {},
    },
  );
  const counts = await countsOf(outcome === "ok", suite.report, reportFile);
  return { suite, outcome, seconds: secondsSince(suiteStartedMs), ...counts };
}

/**
 * @param {Suite} suite
 * @param {Row[]} rows What has run.
 * @returns {Row | undefined} Its failure, when something that it needs has failed.
 */
function withoutItsNeeds(suite, rows) {
  const missing = rows.find((row) => row.failed > 0 && suite.needs?.includes(row.suite.name));
  if (!missing) return undefined;
  const outcome = `not run: ${missing.suite.name} failed`;
  return { suite, outcome, seconds: 0, passed: 0, failed: 1, skipped: 0, failures: [] };
}

/** @param {Row[]} rows */
function printTable(rows) {
  console.log(`\n${"suite".padEnd(10)} passed  failed  skipped  seconds  budget`);
  for (const { suite, outcome, passed, failed, skipped, seconds } of rows) {
    const cells = [
      suite.name.padEnd(10),
      String(passed).padStart(6),
      String(failed).padStart(7),
      String(skipped).padStart(8),
      seconds.toFixed(1).padStart(8),
      String(suite.budgetSeconds).padStart(7),
    ];
    console.log(`${cells.join(" ")}${outcome === "ok" ? "" : `  ${outcome}`}`);
  }
}

/** Again at the end: what failed early in a long run is far up in what it printed. @param {Row[]} rows */
function printFailures(rows) {
  const failures = rows.flatMap(({ suite, failures }) =>
    failures.map((failure) => `${suite.name}: ${failure}`),
  );
  if (failures.length > 0) console.log(`\nfailed:\n${failures.join("\n")}`);
}

/** @param {Row[]} rows @param {"passed" | "failed" | "skipped"} column */
function total(rows, column) {
  let sum = 0;
  for (const row of rows) sum += row[column];
  return sum;
}

const reports = await mkdtemp(path.join(tmpdir(), "shoal-reports-"));
/** @type {Row[]} */
const rows = [];
for (const suite of chosen()) {
  rows.push(withoutItsNeeds(suite, rows) ?? (await runSuite(suite, reports)));
}
await rm(reports, { recursive: true, force: true });

printTable(rows);
printFailures(rows);
const [passed, failed, skipped] = [
  total(rows, "passed"),
  total(rows, "failed"),
  total(rows, "skipped"),
];
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
