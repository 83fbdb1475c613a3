/** Puts together what the page posts in strips. */
import type { SharedFile, ToWorker } from "../protocol/messages.ts";

/** Messages as the page meant them. */
type Whole = Exclude<ToWorker, { type: "more-files" }>;

export class Strips {
  #files: SharedFile[] = [];
  #handles: FileSystemHandle[] = [];

  /** A message with all of its files; null where it is only a part of one to come. */
  take(message: ToWorker): Whole | null {
    switch (message.type) {
      case "more-files":
        this.#add(message);
        return null;
      case "share": {
        const { files, handles } = this.#add(message);
        this.#clear();
        return { ...message, files, handles };
      }
      case "go-on": {
        const { files, handles } = this.#add({ ...message, files: message.files ?? [] });
        this.#clear();
        return { ...message, files: message.files === null ? null : files, handles };
      }
      case "own-copy": {
        const { files } = this.#add({ ...message, handles: [] });
        this.#clear();
        return { ...message, files };
      }
      default:
        return message;
    }
  }

  #add(strip: {
    readonly files: readonly SharedFile[];
    readonly handles: readonly FileSystemHandle[];
  }): { files: SharedFile[]; handles: FileSystemHandle[] } {
    const [files, handles] = [this.#files, this.#handles];
    // Not as arguments: engines bound how many a call may have.
    for (const file of strip.files) files.push(file);
    for (const handle of strip.handles) handles.push(handle);
    return { files, handles };
  }

  #clear(): void {
    this.#files = [];
    this.#handles = [];
  }
}
