/** Runs a program within a time budget, and leaves nothing of it behind. */
import { spawn } from "node:child_process";

/** How long a process group may take to end when asked to, before it is killed. */
const GRACE_MS = 5_000;

/**
 * @typedef {object} RunOptions
 * @property {number} budgetMs After this it is ended, with everything that it started.
 * @property {Record<string, string>} [env] Variables besides the environment's own.
 * @property {string} [cwd]
 * @property {boolean} [quiet] Its output isn't shown.
 *
 * @typedef {"ok" | "failed" | "out of time"} Outcome
 */

/**
 * Runs a program with its output shown as it comes, unless it is to be quiet, and no input.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} options
 * @returns {Promise<Outcome>} `failed` also when it could not be started.
 */
export function run(command, args, { budgetMs, env = {}, cwd, quiet = false }) {
  return new Promise((resolve) => {
    const shown = quiet ? "ignore" : "inherit";
    // A group of its own, so that a browser or a server that it started ends with it.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", shown, shown],
      detached: true,
    });
    /** @type {NodeJS.Timeout | undefined} */
    let killTimer;
    let outOfTime = false;

    const budgetTimer = setTimeout(() => {
      outOfTime = true;
      signal(child.pid, "SIGTERM");
      killTimer = setTimeout(() => signal(child.pid, "SIGKILL"), GRACE_MS);
    }, budgetMs);
    // In a group of its own it doesn't hear the terminal's Ctrl-C.
    const abandon = () => {
      signal(child.pid, "SIGKILL");
      process.exit(130);
    };
    process.on("SIGINT", abandon);
    process.on("SIGTERM", abandon);

    /** @param {Outcome} outcome */
    const settle = (outcome) => {
      clearTimeout(budgetTimer);
      clearTimeout(killTimer);
      process.off("SIGINT", abandon);
      process.off("SIGTERM", abandon);
      signal(child.pid, "SIGKILL");
      resolve(outOfTime ? "out of time" : outcome);
    };
    child.on("error", (error) => {
      console.error(error.message);
      settle("failed");
    });
    child.on("exit", (code) => settle(code === 0 ? "ok" : "failed"));
  });
}

/**
 * Signals a process group; one that has ended is no error.
 *
 * @param {number | undefined} group
 * @param {NodeJS.Signals} name
 */
function signal(group, name) {
  if (group === undefined) return;
  try {
    process.kill(-group, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
