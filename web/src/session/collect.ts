/**
 * Turns what a person drops, pastes or chooses into files with paths. All or nothing: a folder that
 * can't be read to its end is not shared in part.
 */
import type { SharedFile } from "../protocol/messages.ts";

/** What a dropped item gives away at once; later the browser withholds it. */
export type Dropped =
  | { readonly kind: "entry"; readonly entry: FileSystemEntry }
  | { readonly kind: "file"; readonly file: File };

/** Reads the items of a drop or paste. Call it within the event, before anything is awaited. */
export function droppedItems(transfer: DataTransfer): Dropped[] {
  const dropped: Dropped[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    // Made-up and pasted files have no entry.
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) dropped.push({ kind: "entry", entry });
    else if (file !== null) dropped.push({ kind: "file", file });
  }
  return dropped;
}

/**
 * Where the dropped files and folders lie, for a later visit; none where the browser keeps that to
 * itself. Call it within the event as well.
 */
export async function droppedHandles(transfer: DataTransfer): Promise<FileSystemHandle[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const asked = items.map((item) => item.getAsFileSystemHandle?.() ?? Promise.resolve(null));
  try {
    const handles = await Promise.all(asked);
    return handles.every((handle) => handle !== null) ? handles : [];
  } catch {
    return []; // Safe: a later visit asks for the files instead.
  }
}

/**
 * All files in what was dropped, in any depth, with paths from what was dropped on.
 * @param found Told the number of files so far, once a folder, for a progress line.
 * @throws What the browser throws for a file or folder that can't be read.
 */
export async function collectDropped(
  dropped: readonly Dropped[],
  found: (files: number) => void,
): Promise<SharedFile[]> {
  const files: SharedFile[] = [];
  // Depth first without recursion: a folder's depth is the person's to choose.
  const todo = (await withFilesOpened(dropped))
    .map((item) => ({ item, parents: NO_PARENTS }))
    .reverse();
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { item, parents } = next;
    if (item.kind === "file") {
      // What was gone when it was let go of looks like an empty file; reading it tells.
      if (item.file.size === 0) await item.file.arrayBuffer();
      files.push({ path: [...parents, item.file.name], file: item.file });
      continue;
    }
    if (!isDirectory(item.entry)) continue;
    const path = [...parents, item.entry.name];
    const inside = await withFilesOpened(await entriesOf(item.entry));
    for (const child of inside.reverse()) todo.push({ item: child, parents: path });
    found(files.length);
  }
  return files;
}

const NO_PARENTS: readonly string[] = [];

/** Files that are asked for at once: each takes the main thread a while, and the disk another. */
const STRIP_FILES = 64;

/** What comes of each item, in their order. */
async function inStrips<Item, Result>(
  items: readonly Item[],
  take: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += STRIP_FILES) {
    results.push(...(await Promise.all(items.slice(at, at + STRIP_FILES).map(take))));
  }
  return results;
}

/** The same items in the same order, with every file opened. */
function withFilesOpened(items: readonly Dropped[]): Promise<Dropped[]> {
  return inStrips(items, async (item): Promise<Dropped> => {
    if (item.kind === "file" || !isFile(item.entry)) return item;
    return { kind: "file", file: await fileOf(item.entry) };
  });
}

/** The files of an `<input type=file>`; a chosen folder's come with their paths from it. */
export function collectChosen(chosen: Iterable<File>): SharedFile[] {
  return Array.from(chosen, (file) => ({ path: pathOf(file), file }));
}

/**
 * The files that these handles stand for.
 * @throws What the browser throws for a file that can't be read.
 */
export function collectPicked(handles: readonly FileSystemFileHandle[]): Promise<SharedFile[]> {
  return inStrips(handles, async (handle) => ({
    path: [handle.name],
    file: await handle.getFile(),
  }));
}

function pathOf(file: File): string[] {
  // Absent on files that come from elsewhere than an input.
  const relative: string | undefined = file.webkitRelativePath;
  const names = (relative ?? "").split("/").filter((name) => name !== "");
  return names.length > 0 ? names : [file.name];
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

async function entriesOf(directory: FileSystemDirectoryEntry): Promise<Dropped[]> {
  const reader = directory.createReader();
  const all: Dropped[] = [];
  for (;;) {
    // Browsers hand out about 100 at a time; an empty batch is the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (batch.length === 0) return all;
    for (const entry of batch) all.push({ kind: "entry", entry });
  }
}
