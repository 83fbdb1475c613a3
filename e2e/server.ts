/** The shipped server build, started for the tests on a port of its own. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../signal-server/dist/main.js", import.meta.url));

/** How long it may take to print its address. */
const START_TIMEOUT_MS = 20_000;

/** How long it may take to end when asked to, before it is killed. */
const STOP_TIMEOUT_MS = 5_000;

/** A running server. */
export interface Server {
  /** Its origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process, and resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
}

/**
 * Starts `signal-server/dist/main.js`, and resolves when it listens.
 *
 * @param env Variables besides the environment's own. `PORT` is 0, a free port, unless given: a
 *   server that comes back under its old address needs it.
 * @param within A command that runs the one that it is given, somewhere else.
 * @throws {Error} With what it printed, when it ends or stays silent.
 */
export async function startServer(
  env: Record<string, string> = {},
  within: readonly string[] = [],
): Promise<Server> {
  const [program, ...args] = [...within, process.execPath, "--v8-pool-size=1", MAIN];
  const child = spawn(program, args, {
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const url = await printedAddress(child);
    return { url, pid: child.pid ?? 0, stop: () => stop(child), kill: () => kill(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** Waits for the line that tells where it listens. */
function printedAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (what: string) => reject(new Error(`the server ${what}:\n${printed}`));
    const timer = setTimeout(
      () => fail(`told no address in ${START_TIMEOUT_MS} ms`),
      START_TIMEOUT_MS,
    );
    const hear = (data: Buffer) => {
      printed += data.toString();
      const address = /^Shoal is at (http:\/\/\S+)$/m.exec(printed)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(new URL(address).origin);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => fail(`ended with ${code}`));
  });
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  if (child.exitCode !== null || !child.kill("SIGKILL")) return;
  await ended;
}

/** Ends a process that a test has started: politely, and if it doesn't listen, at once. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
