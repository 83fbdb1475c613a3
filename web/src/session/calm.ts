/** Whether this page moves much of a share, for what can wait until it doesn't. */
import { BUSY_BYTES_PER_SEC } from "../protocol/busy.ts";

let isCalm = true;
const waiting = new Set<() => void>();

/** Called as often as the speed of the page's share is known, and with 0 when there is none anymore. */
export function noteSpeed(bytesPerSec: number): void {
  isCalm = bytesPerSec < BUSY_BYTES_PER_SEC;
  if (!isCalm) return;
  for (const resolve of waiting) resolve();
  waiting.clear();
}

/** Settles once little is moved, or after so long. */
export function calm(atMostMs: number): Promise<void> {
  if (isCalm) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.add(resolve);
    setTimeout(resolve, atMostMs);
  });
}
