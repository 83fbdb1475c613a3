/** What of a share this page has, and whether it would be lost by leaving. */
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

/** Whether leaving the page ends or loses something: then it asks first. */
export function isAtStake({ role, phase, verifiedBytes }: ShareState): boolean {
  if (role === "sharer") return phase === "sharing";
  if (phase === "downloading") return true;
  return (phase === "paused" || phase === "waiting") && verifiedBytes > 0;
}
