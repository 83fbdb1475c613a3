/** The index's own thread: a search takes as long as it takes, and no signal waits for it. */
import { parentPort } from "node:worker_threads";
import { heed, type ToIndex } from "./index-messages.ts";
import { stepBack } from "./step-back.ts";
import { WordIndex } from "./word-index.ts";

void stepBack();

const index = new WordIndex();
parentPort?.on("message", (message: ToIndex) => {
  const answer = heed(index, message);
  if (answer !== null) parentPort?.postMessage(answer);
});
