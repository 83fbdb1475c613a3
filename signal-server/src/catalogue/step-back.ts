/** A thread that leaves the processors to the other threads. */
import { execFile } from "node:child_process";
import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/**
 * Has the thread that calls it run where nothing else wants to: where there are few processors, what the
 * main thread has to do comes first. On Linux alone; elsewhere a priority would be the whole process's.
 *
 * A low priority isn't enough: it says how much a thread gets in the long run, and until its turn has
 * ended (3 to 4 ms) whoever wakes up waits. The policy SCHED_IDLE has it give way at once (sched(7)).
 * Node can't set it, so `chrt` does, of util-linux; where there is none, the priority remains.
 */
export async function stepBack(): Promise<void> {
  if (process.platform !== "linux") return;
  setPriority(0, constants.priority.PRIORITY_LOW);
  try {
    const thread = path.basename(readlinkSync("/proc/thread-self"));
    await promisify(execFile)("chrt", ["-i", "-p", "0", thread]);
  } catch {
    // Safe: the priority remains.
  }
}
