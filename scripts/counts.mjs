/** How many tests passed, from the test runners' own JSON reports. */
import { readFile } from "node:fs/promises";

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Record<"vitest" | "playwright", (report: any) => Counts>} */
const READERS = {
  vitest: (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }),
  playwright: ({ stats }) => ({
    passed: stats.expected,
    // One that passed at the second try has failed once.
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }),
};

/**
 * The counts of a suite that has run.
 *
 * @param {boolean} ok Whether its program ended well.
 * @param {"vitest" | "playwright"} [runner] Who wrote the report; without one, the suite is one check.
 * @param {string} [file] The report.
 * @returns {Promise<Counts>} A suite that ended badly, or ran no test, has at least one failure,
 *   whatever its report says: that of a run that was cut short, or could not load a file, says none.
 */
export async function countsOf(ok, runner, file) {
  if (!runner || !file) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const counts = await read(runner, file);
  const ranNone = counts.passed + counts.failed + counts.skipped === 0;
  return { ...counts, failed: Math.max(counts.failed, ok && !ranNone ? 0 : 1) };
}

/**
 * @param {"vitest" | "playwright"} runner
 * @param {string} file
 * @returns {Promise<Counts>}
 */
async function read(runner, file) {
  try {
    return READERS[runner](JSON.parse(await readFile(file, "utf8")));
  } catch {
    // No report, or half of one: the run was ended, which its outcome says already.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
