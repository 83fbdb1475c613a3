/** How many tests passed and which failed, from the test runners' own JSON reports. */
import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";

/** @typedef {{ passed: number, failed: number, skipped: number, failures: string[] }} Counts */

/** @type {Counts} */
const NONE = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** @type {Record<"vitest" | "playwright", (report: any) => Counts>} */
const READERS = {
  vitest: (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap((/** @type {any} */ file) =>
      file.assertionResults
        .filter((/** @type {any} */ test) => test.status === "failed")
        .map((/** @type {any} */ test) => test.fullName),
    ),
  }),
  playwright: ({ stats, suites }) => ({
    passed: stats.expected,
    // One that passed at the second try has failed once.
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
    failures: suites.flatMap(failedSpecs),
  }),
};

/**
 * @param {any} suite Of Playwright's report: a file or a group of one.
 * @returns {string[]} What failed in it, each with the first line of why.
 */
function failedSpecs({ suites = [], specs = [] }) {
  const failed = specs.flatMap((/** @type {any} */ { title, tests }) =>
    tests
      .filter((/** @type {any} */ { status }) => status === "unexpected" || status === "flaky")
      .map((/** @type {any} */ { projectName, results }) => {
        const why = results.flatMap((/** @type {any} */ { errors }) => errors)[0]?.message ?? "";
        return `[${projectName}] ${title}: ${stripVTControlCharacters(why).split("\n")[0]}`;
      }),
  );
  return [...failed, ...suites.flatMap(failedSpecs)];
}

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
  if (!runner || !file) return { ...NONE, passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
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
    return NONE;
  }
}
