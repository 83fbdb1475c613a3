/** The files of a share as folders in folders, and as the rows that are on view. */
import type { FileState } from "../../protocol/state.ts";

export type Folder = {
  readonly kind: "folder";
  readonly name: string;
  /** The path, a slash before each name. */
  readonly key: string;
  readonly children: Entry[];
  /** Into `ShareState.files`: every file in it, in any depth. */
  readonly fileIndexes: number[];
};
export type Leaf = {
  readonly kind: "file";
  readonly name: string;
  /** Its index: a folder's is no number. */
  readonly key: number;
  readonly index: number;
};
export type Entry = Folder | Leaf;

export type Row = { readonly entry: Entry; readonly depth: number };

/** The whole tree; its top has no name. Names are the sharer's order. */
export function buildTree(files: readonly FileState[]): Folder {
  const top: Folder = { kind: "folder", name: "", key: "", children: [], fileIndexes: [] };
  const folders = new Map<string, Folder>([["", top]]);
  /** Those of the file before: mostly of this one too, which saves looking for them. */
  let last: Folder[] = [];
  for (const [index, { path }] of files.entries()) {
    const parents: Folder[] = [];
    let parent = top;
    parent.fileIndexes.push(index);
    for (let depth = 0; depth < path.length - 1; depth++) {
      const name = path[depth] ?? "";
      const before = parents[depth - 1] === last[depth - 1] ? last[depth] : undefined;
      const folder = before?.name === name ? before : folderIn(parent, name, folders);
      folder.fileIndexes.push(index);
      parents.push(folder);
      parent = folder;
    }
    last = parents;
    const name = path.at(-1) ?? "";
    parent.children.push({ kind: "file", name, key: index, index });
  }
  return top;
}

/** The one that is there, or a new one. */
function folderIn(parent: Folder, name: string, folders: Map<string, Folder>): Folder {
  // No name holds a "/": the engine refuses it.
  const key = `${parent.key}/${name}`;
  const known = folders.get(key);
  if (known !== undefined) return known;
  const folder: Folder = { kind: "folder", name, key, children: [], fileIndexes: [] };
  folders.set(key, folder);
  parent.children.push(folder);
  return folder;
}

/** The rows to show when these folders are open. */
export function visibleRows(top: Folder, isOpen: (folder: Folder) => boolean): Row[] {
  const rows: Row[] = [];
  const addAll = (entries: readonly Entry[], depth: number): void => {
    for (const entry of entries) {
      rows.push({ entry, depth });
      if (entry.kind === "folder" && isOpen(entry)) addAll(entry.children, depth + 1);
    }
  };
  addAll(top.children, 0); // No path is deeper than the engine lets it be.
  return rows;
}

/** Whether a list says more than the share's title does. */
export function worthListing(files: readonly FileState[]): boolean {
  return files.length > 1 || (files[0]?.path.length ?? 0) > 1;
}

/** Sizes of some files together. */
export function sumOf(
  files: readonly FileState[],
  indexes: readonly number[],
): { sizeBytes: number; verifiedBytes: number } {
  let sizeBytes = 0;
  let verifiedBytes = 0;
  for (const index of indexes) {
    sizeBytes += files[index]?.sizeBytes ?? 0;
    verifiedBytes += files[index]?.verifiedBytes ?? 0;
  }
  return { sizeBytes, verifiedBytes };
}
