/**
 * `pnpm defects`: plants the defects of `defect-list.mjs` one at a time, and sees whether the suite
 * catches each.
 *
 *     pnpm defects                            all of them
 *     pnpm defects hash-ignored have-lost     some of them
 *
 * Works in a copy of `swarm/` in the system's temporary folder. Standard output is a Markdown table;
 * its last line is `N planted, N caught`. Exit code 1 if any wasn't caught.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DEFECTS, planted } from "./defect-list.mjs";
import { run } from "./run.mjs";

/** @typedef {import("./defect-list.mjs").Defect} Defect */
/** @typedef {{ file: string, test: string }} Failure A test file's path within `swarm/`, and one of its tests. */

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the tests of `swarm/` need of the tree. */
const COPIED = [
  "package.json",
  "pnpm-workspace.yaml",
  "tsconfig.base.json",
  "vitest.config.ts",
  "swarm",
];
const NOT_COPIED = new Set(["node_modules", "dist"]);

/** A defect can make a test run for ever; that is caught as well. Ten times what a run takes. */
const BUDGET_MS = 15 * 60_000;

/** @returns {readonly Defect[]} Those that the command line names; all, if none. */
function chosen() {
  const names = process.argv.slice(2).filter((argument) => argument !== "--");
  const unknown = names.filter((name) => !DEFECTS.some((defect) => defect.name === name));
  if (unknown.length > 0) {
    const known = DEFECTS.map(({ name }) => name).join(", ");
    console.error(`no defect is called ${unknown.join(", ")}; there are ${known}`);
    process.exit(1);
  }
  return names.length === 0 ? DEFECTS : DEFECTS.filter(({ name }) => names.includes(name));
}

/** @param {string} folder Copies what the tests need; packages are linked. */
async function copyTo(folder) {
  for (const name of COPIED) {
    await cp(path.join(ROOT, name), path.join(folder, name), {
      recursive: true,
      filter: (source) => !NOT_COPIED.has(path.basename(source)),
    });
  }
  for (const modules of ["node_modules", "swarm/node_modules"]) {
    // A folder of its own, since Vitest writes its cache there.
    await mkdir(path.join(folder, modules));
    for (const name of await readdir(path.join(ROOT, modules))) {
      if (name.startsWith(".")) continue;
      await symlink(path.join(ROOT, modules, name), path.join(folder, modules, name));
    }
  }
}

/**
 * @param {string} folder The copy.
 * @param {string} project
 * @param {readonly string[]} [files] Parts of the names of the test files to run; all, if none.
 * @returns {Promise<Failure | null>} The test that failed; null where all passed.
 */
async function failureIn(folder, project, files = []) {
  const report = path.join(folder, "report.json");
  rmSync(report, { force: true });
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const options = ["--project", project, "--bail=1", "--maxWorkers=1"];
  const reporter = ["--reporter=json", `--outputFile=${report}`];
  const outcome = await run(process.execPath, [vitest, "run", ...files, ...options, ...reporter], {
    cwd: folder,
    budgetMs: BUDGET_MS,
    quiet: true,
  });
  if (outcome === "ok") return null;
  if (outcome === "out of time") return { file: "", test: "the suite never ends" };
  return firstFailure(folder, JSON.parse(await readFile(report, "utf8")));
}

/**
 * A test that fails once may have failed by chance: only what fails twice in a row is caught.
 *
 * @param {string} folder The copy.
 * @param {string} project
 * @param {readonly string[]} [files] As above.
 * @returns {Promise<string | null>} The test that caught it.
 */
async function catcherIn(folder, project, files) {
  for (;;) {
    const failure = await failureIn(folder, project, files);
    if (failure === null) return null;
    const { file, test } = failure;
    if (file === "") return test;
    const again = await failureIn(folder, project, [file]);
    if (again !== null) return `${again.file}: ${again.test}`;
    console.error(`fails now and then: ${file}: ${test}`);
  }
}

/** @param {string} folder @param {any} report Vitest's. @returns {Failure} */
function firstFailure(folder, { testResults }) {
  const failed = testResults.filter((/** @type {any} */ file) => file.status === "failed");
  for (const { name, assertionResults } of failed) {
    const test = assertionResults.find((/** @type {any} */ one) => one.status === "failed");
    const file = path.relative(path.join(folder, "swarm"), name);
    if (test !== undefined) return { file, test: test.fullName };
  }
  // No test: the tree can't be loaded, or an error came from nowhere. That catches no defect.
  throw new Error(`no test failed, yet the run did: ${failed[0]?.message ?? "without a message"}`);
}

/** @param {string} folder The copy. Plants a defect, looks for a test that fails, and takes it out. */
async function catchIt(folder, /** @type {Defect} */ defect) {
  const file = path.join(folder, "swarm/src", defect.file);
  const source = await readFile(file, "utf8");
  await writeFile(file, planted(defect, source));
  const quick =
    (await catcherIn(folder, "swarm", defect.tests)) ?? (await catcherIn(folder, "swarm"));
  await writeFile(file, source);
  if (quick !== null) return quick;
  await mustPass(folder, "simulations");
  await writeFile(file, planted(defect, source));
  const slow = await catcherIn(folder, "simulations");
  await writeFile(file, source);
  return slow;
}

/** @type {Set<string>} Projects that were seen passing with nothing planted. */
const passing = new Set();

/** @param {string} folder The copy. @param {string} project */
async function mustPass(folder, project) {
  if (passing.has(project)) return;
  const failure = await failureIn(folder, project);
  if (failure !== null) {
    console.error(`with nothing planted this fails already: ${failure.file}: ${failure.test}`);
    process.exit(1);
  }
  passing.add(project);
}

const secondsSince = (/** @type {number} */ sinceMs) => (performance.now() - sinceMs) / 1000;

const cell = (/** @type {string} */ text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

const defects = chosen();
const startedMs = performance.now();
const folder = mkdtempSync(path.join(tmpdir(), "shoal-defects-"));
// A run that is ended may still be writing.
process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
// Later than `run`, which ends what it started.
const abandon = () => setImmediate(() => process.exit(130));
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, abandon);

await copyTo(folder);
for (const defect of defects) {
  planted(defect, await readFile(path.join(folder, "swarm/src", defect.file), "utf8"));
}
await mustPass(folder, "swarm");
console.error(`nothing planted, nothing caught, in ${secondsSince(startedMs).toFixed(0)} s\n`);

console.log("| defect | what it does | caught by | s |\n| --- | --- | --- | --: |");
let caughtCount = 0;
for (const defect of defects) {
  const sinceMs = performance.now();
  const by = await catchIt(folder, defect);
  if (by !== null) caughtCount++;
  const caughtBy = by === null ? "**nothing**" : cell(by);
  const seconds = secondsSince(sinceMs).toFixed(0);
  console.log(`| \`${defect.name}\` | ${defect.why} | ${caughtBy} | ${seconds} |`);
}
console.error(`\nin ${(secondsSince(startedMs) / 60).toFixed(1)} minutes`);
console.log(`\n${defects.length} planted, ${caughtCount} caught`);
process.exitCode = caughtCount === defects.length ? 0 : 1;
