/**
 * `pnpm simulate <scenario> [--peers N] [--seeds N] [--from SEED] [--mbits N] [--jobs N] [--svg FILE]`
 *
 * Runs a scenario for so many seeds, prints a line for each, and what the medians are against their
 * gates. The exit code is 1 where a seed has a problem or a gate is missed.
 */
import { fork } from "node:child_process";
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drawing } from "./picture.ts";
import type { Outcome, Scenario, Settings } from "./scenario.ts";
import { median, SCENARIOS } from "./scenarios.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "string", default: "50" },
    seeds: { type: "string", default: "1" },
    from: { type: "string", default: "1" },
    mbits: { type: "string", default: "2.5" },
    jobs: { type: "string", default: "1" },
    svg: { type: "string" },
    /** Every so many seeds: a child's share. */
    step: { type: "string", default: "1" },
  },
});

const name = positionals.find((word) => word !== "--") ?? "";
const scenario = SCENARIOS[name];
if (scenario === undefined) {
  for (const [known, { about }] of Object.entries(SCENARIOS)) console.log(`${known}: ${about}`);
  process.exit(1);
}
const settings: Settings = {
  peers: Number(values.peers),
  mbits: Number(values.mbits),
  draws: values.svg !== undefined,
};
const first = Number(values.from);
const end = first + Number(values.seeds);

async function outcomeOf(of: Scenario, seed: number): Promise<Outcome> {
  try {
    return await of.run(seed, settings);
  } catch (error) {
    // Safe: it is shown with its seed, and fails the run.
    return { seed, figures: {}, problems: [String(error)], trace: 0 };
  }
}

function show({ seed, figures, problems, trace }: Outcome): void {
  const shown = Object.entries(figures).map(([what, value]) => `${what} ${round(value)}`);
  console.log(`seed ${seed}  ${shown.join("  ")}  trace ${trace.toString(16)}`);
  for (const problem of problems) console.log(`seed ${seed}  PROBLEM: ${problem}`);
}

const round = (value: number): string => String(Math.round(value * 1000) / 1000);

async function runHere(of: Scenario): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let seed = first; seed < end; seed += Number(values.step)) {
    const outcome = await outcomeOf(of, seed);
    outcomes.push(outcome);
    if (process.send === undefined) show(outcome);
    else process.send(outcome);
  }
  return outcomes;
}

/** Seeds in turn to so many processes. */
async function runInJobs(jobCount: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const jobs = Array.from({ length: jobCount }, (_, index) => {
    const from = first + index;
    const own = [`--from=${from}`, `--seeds=${end - from}`, `--step=${jobCount}`, "--jobs=1"];
    const shared = [name, `--peers=${values.peers}`, `--mbits=${values.mbits}`];
    const child = fork(fileURLToPath(import.meta.url), [...shared, ...own]);
    child.on("message", (message) => {
      const outcome = message as Outcome; // From this very program.
      outcomes.push(outcome);
      show(outcome);
    });
    return new Promise<void>((resolve, reject) => {
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error("a job ended badly"))));
    });
  });
  await Promise.all(jobs);
  return outcomes;
}

/** Prints medians and ranges; false where something is wrong. */
function judge(of: Scenario, outcomes: readonly Outcome[]): boolean {
  const bad = outcomes.filter((outcome) => outcome.problems.length > 0);
  console.log(`\n${name}: ${outcomes.length} seeds, ${bad.length} with problems`);
  if (bad.length > 0) console.log(`seeds: ${bad.map(({ seed }) => seed).join(" ")}`);
  let isGood = bad.length === 0;
  for (const what of Object.keys(outcomes[0]?.figures ?? {})) {
    const all = outcomes.map((outcome) => outcome.figures[what] ?? NaN);
    const middle = median(all);
    const gate = of.gates.find(({ figure }) => figure === what);
    const verdict =
      gate === undefined
        ? ""
        : `  gate ${gate.most}: ${middle <= gate.most ? "met" : "MISSED"}, aim ${gate.aim}: ${middle <= gate.aim ? "met" : "missed"}`;
    if (gate !== undefined && !(middle <= gate.most)) isGood = false;
    const range = `${round(Math.min(...all))} to ${round(Math.max(...all))}`;
    console.log(`  ${what}: median ${round(middle)} (${range})${verdict}`);
  }
  return isGood;
}

const jobCount = Number(values.jobs);
const outcomes = jobCount > 1 ? await runInJobs(jobCount) : await runHere(scenario);
if (process.send === undefined) {
  const isGood = judge(scenario, outcomes);
  const filling = outcomes[0]?.filling;
  if (values.svg !== undefined && filling !== undefined) {
    await writeFile(values.svg, drawing(filling, `${name}, ${values.peers} leechers`));
  }
  process.exitCode = isGood ? 0 : 1;
} else {
  process.disconnect();
}
