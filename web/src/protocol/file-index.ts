/**
 * The list of a share's files as it is posted: a text and an array of numbers, which a browser copies
 * in one go. Of 10,000 files with a path each, it would make every name and array anew, in one task
 * of the page's main thread.
 */

export type FileEntry = { readonly path: readonly string[]; readonly sizeBytes: number };

export type FileIndex = {
  /** A line for each file: its path, a slash between names. No name holds either. */
  readonly paths: string;
  readonly sizesBytes: Float64Array<ArrayBuffer>;
};

export function indexOf(files: readonly FileEntry[]): FileIndex {
  return {
    paths: files.map(({ path }) => path.join("/")).join("\n"),
    sizesBytes: Float64Array.from(files, ({ sizeBytes }) => sizeBytes),
  };
}

/** The same files in the same order. */
export function filesOf({ paths, sizesBytes }: FileIndex): FileEntry[] {
  const lines = paths.split("\n");
  return Array.from(sizesBytes, (sizeBytes, file) => ({
    path: (lines[file] ?? "").split("/"),
    sizeBytes,
  }));
}
