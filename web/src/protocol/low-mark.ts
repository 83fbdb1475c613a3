/**
 * When a send buffer is worth a word. The engine hears of it at half of what it held at the last
 * word, then at half of that, and when it is empty.
 */

/** With no more than this left the next word is that it is empty. */
const LAST_BYTES = 16 * 1024;
/** One packet: what is no more than this, a frame of control, leaves without a word. */
const SMALL_BYTES = 1200;

/**
 * What a channel's `bufferedAmountLowThreshold` is to be after a send and after each of its events.
 * The event comes only when the amount falls from above the threshold, so the mark is below the
 * amount where a word is wanted, and at it where none is.
 */
export function lowMarkOf(bufferedBytes: number): number {
  if (bufferedBytes > LAST_BYTES) return Math.floor(bufferedBytes / 2);
  return bufferedBytes > SMALL_BYTES ? 0 : bufferedBytes;
}
