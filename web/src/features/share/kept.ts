/** What of a share this page has, and whether leaving would interrupt anything. */
import type { ShareState } from "../../protocol/state.ts";

/**
 * Whether all files were fetched here and may be saved. A share of empty files is there once it was
 * asked for; after a failure what is on disk can't be relied on, or its maker can't.
 */
export function hasAll(state: ShareState): boolean {
  const { role, phase, wanted, files, verifiedBytes, totalBytes } = state;
  const isThere = wanted && files.length > 0 && verifiedBytes >= totalBytes;
  return role === "receiver" && phase !== "failed" && isThere;
}

/** Whether leaving the page ends or interrupts something: then it asks first. */
export function isAtStake(state: ShareState): boolean {
  const { role, phase } = state;
  return phase === (role === "sharer" ? "sharing" : "downloading") || isPlacing(state);
}

/** Whether files are being written to a chosen place, or that waits for an answer. */
export function isPlacing({ placing }: ShareState): boolean {
  return placing !== null && placing.kind !== "done" && placing.kind !== "failed";
}
