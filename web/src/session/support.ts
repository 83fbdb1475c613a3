/** What the page itself can tell about this browser before a worker starts. */
import type { ErrorCode } from "@shoal/swarm/errors";

/** Null where a share can be tried; the worker checks its own needs. */
export function whyUnsupported(): ErrorCode | null {
  // First: without a secure context most of the rest is missing for that reason alone.
  if (!window.isSecureContext) return "insecure-context";
  if (typeof RTCPeerConnection === "undefined") return "no-webrtc";
  return null;
}
