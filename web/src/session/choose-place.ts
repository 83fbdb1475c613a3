/** Where the browser lets a person choose a folder or file to write to: Chromium's browsers. */
import type { FileEntry } from "../protocol/messages.ts";

type Place = FileSystemDirectoryHandle | FileSystemFileHandle;

/** Not in every browser, and so not in TypeScript's types. */
type Pickers = {
  readonly showDirectoryPicker?: (options: {
    readonly id: string;
    readonly mode: "readwrite";
    readonly startIn: "downloads";
  }) => Promise<FileSystemDirectoryHandle>;
  readonly showSaveFilePicker?: (options: {
    readonly id: string;
    readonly startIn: "downloads";
    readonly suggestedName: string;
  }) => Promise<FileSystemFileHandle>;
};

/** The browser begins where it was used the last time for the same. */
const ID = "shoal";

const pickers = (): Pickers => window as Pickers;

/** Whether so many files can be written to a place of the person's choice. */
export function canChoosePlace(fileCount: number): boolean {
  const { showDirectoryPicker, showSaveFilePicker } = pickers();
  return (fileCount === 1 ? showSaveFilePicker : showDirectoryPicker) !== undefined;
}

/**
 * Asks for a folder, or for a file where there is only one to write. Null where the person chose
 * none. @throws {DOMException} where the browser refuses.
 */
export async function choosePlace(files: readonly FileEntry[]): Promise<Place | null> {
  const { showDirectoryPicker, showSaveFilePicker } = pickers();
  const options = { id: ID, startIn: "downloads" } as const;
  try {
    if (files.length !== 1) {
      return (await showDirectoryPicker?.({ ...options, mode: "readwrite" })) ?? null;
    }
    const suggestedName = files[0]?.path.at(-1) ?? "file";
    return (await showSaveFilePicker?.({ ...options, suggestedName })) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}
