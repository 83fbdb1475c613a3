/** Writing finished files to a folder or a file that the person chose, told by the worker. */

/** What is done with a file of a name that is there already. */
export type ConflictAnswer = "replace" | "keep-both" | "skip";

/** Why writing stopped. */
export type PlaceTrouble =
  /** The browser may no longer write there. */
  | "denied"
  /** No room at that place. */
  | "full"
  /** Another program has the file open. */
  | "locked"
  /** The folder isn't there any more. */
  | "gone"
  /** The browser writes no file of this name or kind. */
  | "refused"
  /** This browser's own copy couldn't be read. */
  | "source-failed"
  | "failed";

export type Placing =
  /** Looks for names that are taken already: nothing is written before all questions are answered. */
  | { readonly kind: "looking"; readonly place: string }
  /** Waits for the answer about one file; `file` is an index into the share's files. */
  | { readonly kind: "asking"; readonly file: number; readonly path: readonly string[] }
  | {
      readonly kind: "writing";
      readonly place: string;
      readonly writtenBytes: number;
      readonly totalBytes: number;
    }
  /** `place` is the name of the folder or file; `skippedCount` files were left out. */
  | {
      readonly kind: "done";
      readonly place: string;
      readonly fileCount: number;
      readonly skippedCount: number;
    }
  /** Stopped; what is written stays, and the rest can be tried again. `path` is empty where no file is to blame. */
  | {
      readonly kind: "failed";
      readonly trouble: PlaceTrouble;
      readonly path: readonly string[];
    };
