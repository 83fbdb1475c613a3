/** Unix time for the ring, whose records end by it and whose timers need one that never runs backwards. */

/**
 * Goes on where the wall clock is set back, and catches up where it is ahead: after the device slept, say,
 * while which some browsers' monotonic clocks stand still.
 *
 * @param wallMs Unix time in ms.
 * @param steadyMs A monotonic clock, in ms.
 */
export function unixClock(wallMs: () => number, steadyMs: () => number): () => number {
  let offsetMs = -Infinity;
  return () => {
    const nowMs = steadyMs();
    offsetMs = Math.max(offsetMs, wallMs() - nowMs);
    return nowMs + offsetMs;
  };
}
