/** Whether a share fits into this browser: a hint, as other sites and programs use the same disk. */
export type Room = {
  /** As in Chromium's private windows: it is gone with the last of them. */
  readonly isInMemory: boolean;
  /** Bytes that are left for this site. Null where the browser doesn't say. */
  readonly freeBytes: number | null;
  /** What finds no room: the files, or only a ZIP of them as well. */
  readonly lack: "files" | "zip" | null;
};
