/** Everything that can go wrong and that a person must know of: a closed union. */

/** Codes are stable: they stand in the page's `data-error` and in the docs. */
export const ERROR_CODES = [
  /** The text after the `#` is no link: cut, mistyped, or with a key that signs nothing. */
  "link-damaged",
  /** The link needs a newer Shoal. */
  "link-newer",
  /** The page came over plain http from another machine, so the browser withholds its crypto. */
  "insecure-context",
  "no-webrtc",
  /** No Ed25519 or X25519 in this browser's WebCrypto. */
  "no-ed25519",
  /** No origin-private file system: an old browser or a private window. */
  "no-opfs",
  /** The browser's storage for this site is too small for the share. */
  "no-space",
  /** Writing to or reading from the browser's storage failed. */
  "storage-failed",
  /** A file of the sharer changed or vanished while it was shared, which ends the share. */
  "source-changed",
  /** The same share is already open in another tab of this browser. */
  "second-tab",
  /** The share's key signed two different things for one place: its maker cheats. */
  "contradiction",
  /** The signed list of files breaks the format's rules. */
  "manifest-refused",
  /** The drop held no file. */
  "nothing-to-share",
  /** More files, longer paths or more bytes than a share may have. */
  "too-large",
  /** A defect of ours: the worker or the page threw. */
  "internal",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error that a person is told of, by its code. */
export class ShoalError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.name = "ShoalError";
    this.code = code;
  }
}
