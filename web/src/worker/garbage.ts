/**
 * Buffers that the browser makes, one for each message of a channel, lie outside of the heap that its
 * collector looks after. Chromium's begins to look for dead ones when 64 MB more are there than
 * after its last round, and by the time it is done there are 80 to 140 MB. A word in time keeps
 * them to a few (docs/decisions/0015).
 */

/** So much is left behind between two words. */
const EVERY_BYTES = 16 * 1024 * 1024;
/** More than a collector lets pass without a look. */
const CLAIM_BYTES = 64 * 1024 * 1024;

let leftBytes = 0;

/** So many bytes of buffers have been let go of, or are about to be. */
export function leave(bytes: number, tell: () => void = claim): void {
  leftBytes += bytes;
  if (leftBytes < EVERY_BYTES) return;
  leftBytes = 0;
  tell();
}

/**
 * Memory that is claimed and given back at once, untouched: it never takes room, but is counted, and
 * has the collector look.
 */
function claim(): void {
  try {
    new ArrayBuffer(CLAIM_BYTES).transfer(0);
  } catch {
    // Safe: there is no such room, or no way to give it back at once: then it is garbage as well.
  }
}

/** A port that leads nowhere. It is open itself: a closed one takes nothing over. */
const { port1: nowhere, port2: otherEnd } = new MessageChannel();
otherEnd.close();

/**
 * Gives a buffer back at once instead of leaving it to the collector: it is handed over to nobody, who
 * lets it go. It is empty afterwards.
 */
export function release(buffer: ArrayBuffer): void {
  nowhere.postMessage(null, [buffer]);
}
