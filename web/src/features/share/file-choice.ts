/** Which files of a share are ticked, and what that comes to. */
import type { FileState, ShareState } from "../../protocol/state.ts";
import type { Folder } from "./file-tree.ts";

/** Files by index; null: all. */
export type Ticks = ReadonlySet<number> | null;

/** What can be ticked in a list of files: `fixed` ones can't be changed. */
export type FileChoice = {
  readonly chosen: Ticks;
  readonly fixed: Ticks;
  readonly onChoose: (chosen: Ticks) => void;
};

const NONE: ReadonlySet<number> = new Set();

/** What of a share's list is there to be ticked now; null where nothing is. */
export function choiceIn(
  { role, phase, files, chosen, fetched }: ShareState,
  onChoose: FileChoice["onChoose"],
): FileChoice | null {
  if (role !== "receiver" || files.length < 2) return null;
  switch (phase) {
    case "ready":
    case "waiting":
    case "downloading":
    case "paused":
      return { chosen, fixed: NONE, onChoose };
    case "done":
      // What is there can't be unfetched; what was left out can be fetched besides.
      return fetched === null ? null : { chosen, fixed: fetched, onChoose };
    case "sharing":
    case "connecting":
    case "locked":
    case "ended":
    case "failed":
      return null;
  }
}

export const isIn = (ticks: Ticks, file: number): boolean => ticks === null || ticks.has(file);

/** These files ticked, or not, with all others as they are. */
export function tick(
  { chosen, fixed }: Pick<FileChoice, "chosen" | "fixed">,
  files: readonly number[],
  isOn: boolean,
  fileCount: number,
): Ticks {
  const next = new Set(chosen ?? Array.from({ length: fileCount }, (_, file) => file));
  for (const file of files) {
    if (isIn(fixed, file)) continue;
    if (isOn) next.add(file);
    else next.delete(file);
  }
  return next.size === fileCount ? null : next;
}

/** Of a folder's files, in any depth: how many can be ticked, and how many of those are. */
export type Mark = { readonly openCount: number; readonly tickedCount: number };

/** Of every folder, in one pass: with 10,000 files this is done once for each tick. */
export function marksOf(
  top: Folder,
  { chosen, fixed }: Pick<FileChoice, "chosen" | "fixed">,
): Map<Folder, Mark> {
  const marks = new Map<Folder, Mark>();
  function count(folder: Folder): Mark {
    let openCount = 0;
    let tickedCount = 0;
    for (const child of folder.children) {
      if (child.kind === "folder") {
        const mark = count(child);
        openCount += mark.openCount;
        tickedCount += mark.tickedCount;
      } else if (!isIn(fixed, child.index)) {
        openCount++;
        if (isIn(chosen, child.index)) tickedCount++;
      }
    }
    const mark = { openCount, tickedCount };
    marks.set(folder, mark);
    return mark;
  }
  count(top);
  return marks;
}

/** Some files together. */
export type Sum = { readonly fileCount: number; readonly missingBytes: number };

/** Of the ticked files: how many there are, and what isn't here yet. */
export function ticked({ files, chosen }: Pick<ShareState, "files" | "chosen">): Sum {
  return sumWhere(files, (file) => isIn(chosen, file));
}

/** The same of those that were ticked since all that was to be fetched is there. */
export function tickedSince({
  files,
  chosen,
  fetched,
}: Pick<ShareState, "files" | "chosen" | "fetched">): Sum {
  return sumWhere(files, (file) => isIn(chosen, file) && !isIn(fetched, file));
}

/** How many files a download fetches, or has fetched. */
export function fetchedCount({ files, fetched }: Pick<ShareState, "files" | "fetched">): number {
  return fetched?.size ?? files.length;
}

function sumWhere(files: readonly FileState[], isMeant: (file: number) => boolean): Sum {
  let fileCount = 0;
  let missingBytes = 0;
  for (const [index, { sizeBytes, verifiedBytes }] of files.entries()) {
    if (!isMeant(index)) continue;
    fileCount++;
    missingBytes += sizeBytes - verifiedBytes;
  }
  return { fileCount, missingBytes };
}
