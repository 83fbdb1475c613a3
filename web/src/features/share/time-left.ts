/** Makes an estimate of the time left that a person can read: it drifts, and doesn't jump. */

/** How much of the way to the newest estimate is gone at once: a guess, judged by eye. */
const DRIFT = 0.15;
/** An estimate this many times off is no noise: the speed has changed. */
const BREAK = 3;

/**
 * @param shown The seconds shown last; null if none were.
 * @param fresh The newest estimate; null while unknown.
 * @returns The seconds to show now.
 */
export function steadySeconds(shown: number | null, fresh: number | null): number | null {
  if (fresh === null || !Number.isFinite(fresh)) return null;
  if (shown === null || fresh > shown * BREAK || fresh * BREAK < shown) return fresh;
  return shown + (fresh - shown) * DRIFT;
}
