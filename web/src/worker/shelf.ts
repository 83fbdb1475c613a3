/**
 * A share's folder in the origin-private file system, with a few synchronous handles open at a
 * time. One owner: the tab that holds the share's lock.
 */
import { ShoalError } from "@shoal/swarm/errors";
import { keptDays } from "./keeping.ts";

const ROOT = "shares";
/** Not empty once every piece is there: such a share may make room for another. */
export const DONE = "done";
/** What follows the `#` of the link by which it was opened, for whoever looks for it again. */
export const LINK = "link";
const PROBE = "probe";
/** No disk has 4 PiB. */
const PROBE_BYTES = 2 ** 52;
const OPEN_HANDLES = 32;
/** Written to see whether there is room, and removed at once. */
const ROOM = "room";

export class Shelf {
  readonly #folder: FileSystemDirectoryHandle;
  /** The least recently used first. */
  readonly #handles = new Map<string, Promise<FileSystemSyncAccessHandle>>();
  #isDestroyed = false;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** With whatever stands on it. @throws {ShoalError} `storage-failed` */
  static async open(name: string): Promise<Shelf> {
    try {
      const root = await rootFolder();
      return new Shelf(await root.getDirectoryHandle(name, { create: true }));
    } catch (error) {
      throw asShoalError(error);
    }
  }

  /** Removes all that stands on it. @throws {ShoalError} `storage-failed` */
  async clear(): Promise<void> {
    for (const name of this.#handles.keys()) await this.#close(name);
    try {
      const names: string[] = [];
      for await (const name of this.#folder.keys()) names.push(name);
      for (const name of names) {
        await whenReleased(() => this.#folder.removeEntry(name)).catch(ignoreMissing);
      }
    } catch (error) {
      throw asShoalError(error);
    }
  }

  /** Removes it with all that stands on it; nothing is put there again. @throws {ShoalError} `storage-failed` */
  async destroy(): Promise<void> {
    this.#isDestroyed = true;
    await this.clear();
    const root = await rootFolder();
    await root.removeEntry(this.#folder.name).catch(ignoreMissing);
  }

  /**
   * Makes files of these sizes, so that a full disk shows before anything is fetched. All of them,
   * or none: then what was there before is as it was, but for the end of what was longer. What stands
   * here under other names stays.
   */
  async reserve(sizes: ReadonlyMap<string, number>): Promise<void> {
    const before = new Map<string, number>();
    try {
      for (const [name, size] of sizes) {
        const handle = await this.#handle(name);
        before.set(name, handle.getSize());
        handle.truncate(size);
        // Private windows of Chromium refuse by doing nothing.
        if (handle.getSize() !== size) throw new ShoalError("no-space", "no room to grow");
      }
    } catch (error) {
      for (const [name, size] of before) await this.#shrink(name, size);
      throw asShoalError(error);
    }
  }

  /** What was made longer gives its room back; one that was empty goes. */
  async #shrink(name: string, size: number): Promise<void> {
    if (size === 0) return this.remove(name);
    const handle = await this.#handle(name);
    if (handle.getSize() > size) handle.truncate(size);
  }

  /**
   * Lets go of the finished share that was fetched the longest ago; of none that a tab works with, or
   * that stays until the person removes it. @returns Whether there was one.
   */
  async makeRoom(): Promise<boolean> {
    // Safe where it can't be read: then nothing goes.
    if ((await keptDays().catch(() => null)) === null) return false;
    const root = await rootFolder();
    const finished: { readonly name: string; readonly doneMs: number }[] = [];
    for await (const [name, entry] of root.entries()) {
      if (entry.kind !== "directory" || name === this.#folder.name) continue;
      const mark = await entry.getFileHandle(DONE).catch(() => null); // Safe: it isn't finished.
      const file = await mark?.getFile();
      if (file !== undefined && file.size > 0) finished.push({ name, doneMs: file.lastModified });
    }
    for (const { name } of finished.toSorted((a, b) => a.doneMs - b.doneMs)) {
      if (await removeUnused(root, name)) return true;
    }
    return false;
  }

  /** Whether a file of so many bytes would find room now. To be asked of no shelf in memory. */
  async hasRoomFor(sizeBytes: number): Promise<boolean> {
    const handle = await this.#handle(PROBE);
    try {
      handle.truncate(sizeBytes);
      return handle.getSize() === sizeBytes;
    } catch {
      return false; // Safe: it is the answer.
    } finally {
      await this.remove(PROBE);
    }
  }

  /**
   * Whether it is kept in memory, as in Chromium's private windows: they refuse a size that no disk
   * has by doing nothing, where others throw.
   */
  async isInMemory(): Promise<boolean> {
    const handle = await this.#handle(PROBE);
    try {
      handle.truncate(PROBE_BYTES);
      return handle.getSize() !== PROBE_BYTES;
    } catch {
      return false; // Safe: it is what a disk does.
    } finally {
      await this.remove(PROBE);
    }
  }

  /** Sees whether so much more fits. @throws {ShoalError} `no-space` */
  async findRoom(sizeBytes: number): Promise<void> {
    try {
      // Not zeros: a disk could keep those without room.
      await this.write(ROOM, new Uint8Array(sizeBytes).fill(1), 0);
      await this.flush(ROOM);
    } catch (cause) {
      // Whatever it is called: nothing can be written yet, which is tried again.
      throw new ShoalError("no-space", "no room", { cause });
    } finally {
      await this.remove(ROOM);
    }
  }

  /** Writes all of it, or throws: some browsers fail by writing less, or by returning nonsense. */
  async write(name: string, bytes: Uint8Array, at: number): Promise<void> {
    const handle = await this.#handle(name);
    let written: number;
    try {
      written = handle.write(bytes, { at });
    } catch (error) {
      throw asShoalError(error);
    }
    if (written !== bytes.length) throw new ShoalError("no-space", "a short write");
  }

  async read(name: string, into: Uint8Array<ArrayBuffer>, at: number): Promise<void> {
    const handle = await this.#handle(name);
    let count: number;
    try {
      count = handle.read(into, { at });
    } catch (error) {
      throw asShoalError(error);
    }
    if (count !== into.length) throw new ShoalError("storage-failed", "a short read");
  }

  /** What was written to it is on disk afterwards. */
  async flush(name: string): Promise<void> {
    const handle = await this.#handle(name);
    try {
      handle.flush();
    } catch (error) {
      throw asShoalError(error);
    }
  }

  /** All of a file, or null where there is none. */
  async readAll(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const size = await this.size(name);
    if (size === null) return null;
    const bytes = new Uint8Array(size);
    if (size > 0) await this.read(name, bytes, 0);
    return bytes;
  }

  /** A file's size in bytes, or null where there is none. */
  async size(name: string): Promise<number | null> {
    try {
      const file = await (await this.#folder.getFileHandle(name)).getFile();
      return file.size;
    } catch (error) {
      ignoreMissing(error);
      return null;
    }
  }

  /** A file as the browser hands it on: backed by disk, unreadable once it is written again. */
  async file(name: string): Promise<File> {
    try {
      (await this.#handle(name)).flush();
      return await (await this.#folder.getFileHandle(name)).getFile();
    } catch (error) {
      throw asShoalError(error);
    }
  }

  /** Writes a small file, once: what is there stays, and what can't be written is left out. */
  async noteOnce(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      if ((await this.size(name)) === null) await this.write(name, bytes, 0);
      await this.#close(name);
    } catch {
      // Safe: the share is as good as ever, and isn't listed.
    }
  }

  /** Removes one file. */
  async remove(name: string): Promise<void> {
    await this.#close(name);
    await this.#folder.removeEntry(name).catch(ignoreMissing);
  }

  #handle(name: string): Promise<FileSystemSyncAccessHandle> {
    const known = this.#handles.get(name);
    this.#handles.delete(name);
    const handle =
      known ??
      this.#evict()
        .then(() => {
          if (this.#isDestroyed) throw new ShoalError("storage-failed", "it was destroyed");
          return this.#folder.getFileHandle(name, { create: true });
        })
        .then((file) => whenReleased(() => file.createSyncAccessHandle()))
        .catch((error: unknown) => {
          this.#handles.delete(name);
          throw asShoalError(error);
        });
    this.#handles.set(name, handle);
    return handle;
  }

  async #evict(): Promise<void> {
    while (this.#handles.size > OPEN_HANDLES) {
      const [oldest] = this.#handles.keys();
      if (oldest !== undefined) await this.#close(oldest);
    }
  }

  async #close(name: string): Promise<void> {
    const handle = this.#handles.get(name);
    this.#handles.delete(name);
    if (handle === undefined) return;
    await handle.then(
      (open) => open.close(),
      () => undefined, // Safe: it never opened, so there is nothing to close.
    );
  }
}

/** How often, and for how long at most, files that a closed page still holds are tried. */
const RELEASE_RETRY_MS = 100;
const RELEASE_MOST_TRIES = 100;

/**
 * Browsers release a page's lock before its file handles: a tab that takes over, or a page that is
 * loaded again, finds its files held for a moment.
 */
async function whenReleased<Result>(action: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      const isHeld = error instanceof DOMException && error.name === "NoModificationAllowedError";
      if (!isHeld || tries === RELEASE_MOST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, RELEASE_RETRY_MS));
    }
  }
}

/** Removes what was last used until then, wall clock, unless another tab works with it. */
export async function removeLeftovers(untilMs: number): Promise<void> {
  const root = await rootFolder();
  for await (const [name, entry] of root.entries()) {
    if (entry.kind !== "directory") continue;
    if ((await newestMs(entry)) <= untilMs) await removeUnused(root, name);
  }
}

type Leftover = {
  readonly name: string;
  /** Wall clock: when the last of it came. */
  readonly usedMs: number;
  /** All of a file, or null where there is none. */
  readonly read: (file: string) => Promise<Uint8Array<ArrayBuffer> | null>;
};

/** What this visit and earlier ones left, also what a tab works with. */
export async function leftovers(): Promise<Leftover[]> {
  const root = await rootFolder();
  const found: Leftover[] = [];
  for await (const [name, entry] of root.entries()) {
    if (entry.kind !== "directory") continue;
    const read: Leftover["read"] = async (file) => {
      try {
        const content = await (await entry.getFileHandle(file)).getFile();
        return new Uint8Array(await content.arrayBuffer());
      } catch {
        return null; // Safe: it is missing, or as good as that.
      }
    };
    found.push({ name, usedMs: await newestMs(entry), read });
  }
  return found;
}

/** Removes a share's folder, unless a tab works with it. */
export async function removeLeftover(name: string): Promise<void> {
  await removeUnused(await rootFolder(), name);
}

/** Removes a share's folder; false where a tab works with it. */
function removeUnused(root: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return navigator.locks.request(lockName(name), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await root.removeEntry(name, { recursive: true }).catch(ignoreMissing);
    return true;
  });
}

async function newestMs(folder: FileSystemDirectoryHandle): Promise<number> {
  let newest = 0;
  for await (const entry of folder.values()) {
    if (entry.kind !== "file") continue;
    newest = Math.max(newest, (await entry.getFile()).lastModified);
  }
  return newest;
}

/** Held by the one tab of this browser that works with a share. */
export function lockName(swarm: string): string {
  return `shoal:${swarm}`;
}

async function rootFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(ROOT, { create: true });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException) || error.name !== "NotFoundError") throw asShoalError(error);
}

/** What a failure of the file system means to a person. */
function asShoalError(error: unknown): ShoalError {
  if (error instanceof ShoalError) return error;
  // Firefox reports a full origin with an error that is no DOMException.
  const isFull = /quota|no space|NS_ERROR_DOM_QUOTA|NS_ERROR_FILE_NO_DEVICE_SPACE/i.test(
    error instanceof Error ? `${error.name} ${error.message}` : String(error),
  );
  return new ShoalError(isFull ? "no-space" : "storage-failed", undefined, { cause: error });
}
