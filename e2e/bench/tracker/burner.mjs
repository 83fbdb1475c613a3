/**
 * Works as long and as often as searches do, at the priority of the search's thread, and has nothing to
 * do with any server: what that costs others is the machine's doing. It is told the searches' times, in
 * ms, and for how many seconds, and answers when it is done.
 */
import { constants, setPriority } from "node:os";
import { setTimeout } from "node:timers/promises";

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

/**
 * @param {number[]} times
 * @param {number} seconds
 */
async function burn(times, seconds) {
  const beganMs = performance.now();
  for (const [index, ms] of times.entries()) {
    const dueMs = beganMs + (index * 1000 * seconds) / times.length;
    await setTimeout(Math.max(0, dueMs - performance.now()));
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs);
  }
}

process.on("message", (/** @type {{ times: number[], seconds: number }} */ { times, seconds }) => {
  void burn(times, seconds).then(() => process.send?.("done"));
});
