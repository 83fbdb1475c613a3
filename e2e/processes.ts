/** A browser's processes, all together, from Linux' /proc. */
import { expect } from "@playwright/test";
import { readdir, readFile } from "node:fs/promises";

/** Clock ticks a second: 100 on every Linux that a browser runs on. */
const TICKS = 100;

/** On the command line of a process of Chromium, or of Firefox, that shows pages; not the frame around. */
const RENDERER = /--type=renderer(?!.*--top-chrome-webui)|-contentproc.* tab *$/;

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly line: string;
  /** Of itself, and of its children that have ended. */
  readonly cpuSeconds: number;
};

async function allProcesses(): Promise<Process[]> {
  const found: Process[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [stat, line] = await Promise.all([
        readFile(`/proc/${name}/stat`, "utf8"),
        readFile(`/proc/${name}/cmdline`, "utf8"),
      ]);
      // After the name in brackets, which may hold anything: state, parent, ... (proc(5)).
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
      found.push({
        pid: Number(name),
        parent: fields[1] ?? 0,
        line: line.replaceAll("\0", " "),
        cpuSeconds: ticks / TICKS,
      });
    } catch {
      // Safe: it ended meanwhile.
    }
  }
  return found;
}

/** The processes of the browser that runs on this profile. */
async function processesOf(profile: string): Promise<Process[]> {
  const all = await allProcesses();
  const own = new Set(all.filter(({ line }) => line.includes(profile)).map(({ pid }) => pid));
  for (let count = -1; count !== own.size;) {
    count = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
}

/** CPU seconds that the browsers on these profiles have used so far. */
export async function cpuSecondsOf(profiles: readonly string[]): Promise<number> {
  let sum = 0;
  for (const profile of profiles) {
    for (const { cpuSeconds } of await processesOf(profile)) sum += cpuSeconds;
  }
  return sum;
}

/**
 * The processes that show the pages of the browser on this profile.
 *
 * @returns Their ids.
 */
export async function renderersOf(profile: string): Promise<number[]> {
  const found = (await processesOf(profile)).filter(({ line }) => RENDERER.test(line));
  return found.map(({ pid }) => pid);
}

/**
 * Memory that the largest of these processes holds, a page that several share in equal parts (PSS):
 * beside the one that shows a page Chromium keeps a spare one, which comes when it likes.
 *
 * @returns Bytes; of a process that has ended, 0.
 * @throws When the system doesn't tell it of a browser's own processes: then it takes root.
 */
export async function residentBytesOf(pids: readonly number[]): Promise<number> {
  let most = 0;
  for (const pid of pids) {
    try {
      const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
      most = Math.max(most, 1024 * Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error; // Else safe: it has ended.
    }
  }
  return most;
}

/**
 * Stops every process of the browser that runs on this profile where it is, as when its machine goes
 * to sleep; or lets them go on.
 */
export async function sleep(profile: string, isAsleep: boolean): Promise<void> {
  for (const { pid } of await processesOf(profile)) {
    process.kill(pid, isAsleep ? "SIGSTOP" : "SIGCONT");
  }
}

/** Ends every process of the browser that runs on this profile, at once and without a word. */
export async function killAllOf(profile: string): Promise<void> {
  const living = async (): Promise<number[]> => (await processesOf(profile)).map(({ pid }) => pid);
  for (const pid of await living()) process.kill(pid, "SIGKILL");
  await expect.poll(living).toEqual([]);
}
