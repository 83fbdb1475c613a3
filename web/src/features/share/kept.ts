/** What of a share this page has, and whether it would be lost by leaving. */
import type { ShareState } from "../../protocol/state.ts";

/** Whether all files were fetched here. A share of empty files is there once it was asked for. */
export function hasAll({ role, wanted, files, verifiedBytes, totalBytes }: ShareState): boolean {
  return role === "receiver" && wanted && files.length > 0 && verifiedBytes >= totalBytes;
}

/** Whether leaving the page ends or loses something: then it asks first. */
export function isAtStake({ role, phase, verifiedBytes }: ShareState): boolean {
  if (role === "sharer") return phase === "sharing";
  if (phase === "downloading") return true;
  return (phase === "paused" || phase === "waiting") && verifiedBytes > 0;
}
