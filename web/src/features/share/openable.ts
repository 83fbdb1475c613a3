/** Which of a share's files can be opened on this page now. */
import type { FileState, ShareState } from "../../protocol/state.ts";
import { kindOf } from "../../session/viewer.ts";

/** Whether the page can show it, and what is missing of it may still come. */
export function isOpenable(state: ShareState, { path, sizeBytes, verifiedBytes }: FileState) {
  const isResting = state.role === "sharer" && state.phase === "paused"; // Its files aren't known.
  const isRunning = state.phase !== "ended" && state.phase !== "failed" && !isResting;
  const isThere = state.role === "receiver" && verifiedBytes >= sizeBytes;
  return (isRunning || isThere) && kindOf(path.at(-1) ?? "") !== null;
}
