/** The index's own thread: a search takes as long as it takes, and no signal waits for it. */
import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { heed, type ToIndex } from "./index-messages.ts";
import { WordIndex } from "./word-index.ts";

// Where there are few processors, what the main thread has to do comes first. Only Linux has a priority
// for each thread: elsewhere it would be the whole process's.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const index = new WordIndex();
parentPort?.on("message", (message: ToIndex) => {
  const answer = heed(index, message);
  if (answer !== null) parentPort?.postMessage(answer);
});
