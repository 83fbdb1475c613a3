/** The two ways to begin: share files, or open a link. Both return at once. */
import { type ErrorCode, ShoalError } from "@shoal/swarm/errors";
import { LIMITS } from "@shoal/swarm/limits";
import { decodeLink } from "@shoal/swarm/share/link";
import type { SharedFile } from "../protocol/messages.ts";
import { hasCatalogue, otherTrackers } from "./host.ts";
import { meteredNow } from "./metered.ts";
import type { Session } from "./session.ts";
import { whyUnsupported } from "./support.ts";
import { SwarmSession } from "./swarm-session.ts";

let spare: Worker | null = null;

/** Starts a worker before it is needed, so that a link takes no longer than its keys. */
export function warmUp(): void {
  if (whyUnsupported() !== null || spare !== null) return;
  const worker = startWorker();
  spare = worker;
  // One whose script couldn't be fetched would never answer: another is started when it is needed.
  worker.addEventListener("error", () => {
    if (spare === worker) spare = null;
  });
}

function startWorker(): Worker {
  return new Worker(new URL("../worker/main.ts", import.meta.url), { type: "module" });
}

function takeWorker(): Worker {
  const worker = spare ?? startWorker();
  spare = null;
  return worker;
}

/**
 * Makes a share of these files. `handles` say where they lie, for a later visit. `password`, unless
 * null, is asked of who opens it.
 */
export function shareFiles(
  files: readonly SharedFile[],
  handles: readonly FileSystemHandle[],
  password: string | null = null,
): Session {
  const error = files.length === 0 ? "nothing-to-share" : whyUnsupported();
  const pageUrl = `${location.origin}/`;
  const trackers = [...new Set([location.host, ...otherTrackers()])].slice(
    0,
    LIMITS.trackersPerLink,
  );
  const host = { trackers, pageUrl, hasCatalogue: hasCatalogue() };
  const start = { type: "share", files, handles, password, ...host } as const;
  return new SwarmSession(error === null ? takeWorker() : null, start, error);
}

/** Opens a link: any host's, as a whole URL or only what follows its `#`. */
export function openLink(link: string): Session {
  const error = whyUnsupported() ?? whyUnreadable(link);
  const isHeld = meteredNow() !== null;
  const host = { trackers: [location.host], hasCatalogue: hasCatalogue() };
  const start = { type: "open", link, isHeld, ...host } as const;
  return new SwarmSession(error === null ? takeWorker() : null, start, error);
}

function whyUnreadable(link: string): ErrorCode | null {
  try {
    decodeLink(link);
    return null;
  } catch (error) {
    // Safe: what is wrong with the link is the answer.
    return error instanceof ShoalError ? error.code : "internal";
  }
}
