/**
 * Bytes a second of a share, in both directions together, from which on what can wait does: at less,
 * nothing that is done beside a transfer is in its way. A guess.
 */
export const BUSY_BYTES_PER_SEC = 1_000_000;
