/**
 * Writes files of a share to a folder, or to one file, that the person chose, and keeps the tree.
 * Asks about names that are taken before it writes anything, and never overwrites unasked. A file
 * gets its content when all of it is written: until then browsers keep it in a swap file.
 */
import { ShoalError } from "@shoal/swarm/errors";
import type { ManifestFile } from "@shoal/swarm/share/manifest";
import { numberedName } from "@shoal/swarm/share/path";
import type { ConflictAnswer, PlaceTrouble, Placing } from "../protocol/placing.ts";

/**
 * In memory at a time. Writing blobs would copy nothing, but a full disk then shows as a blob that
 * can't be read, and as an aborted write where 20 MB are written at once (docs/decisions/0010).
 */
const STRIP_BYTES = 1024 * 1024;
/** A person reads no faster. */
const TELL_MS = 250;

export type Place = FileSystemDirectoryHandle | FileSystemFileHandle;

export type PlacementPorts = {
  /** A finished file's content. @throws {ShoalError} `storage-failed` */
  readonly read: (file: number) => Promise<Blob>;
  readonly tell: (placing: Placing) => void;
  readonly nowMs: () => number;
};

class Cancelled extends Error {}

export class Placement {
  readonly #place: Place;
  readonly #files: readonly ManifestFile[];
  readonly #ports: PlacementPorts;
  /** Indexes of those that are written. */
  readonly #chosen: readonly number[];
  /** All paths of the share: names that are made up must not take a later file's. */
  readonly #paths: ReadonlySet<string>;
  /** By file: what becomes of it. Answers outlast a failure. */
  readonly #plan: ("write" | ConflictAnswer)[] = [];
  readonly #written = new Set<number>();
  readonly #folders = new Map<string, FileSystemDirectoryHandle>();
  #answerForAll: ConflictAnswer | null = null;
  #asked: { readonly file: number; readonly answer: (answer: ConflictAnswer) => void } | null =
    null;
  #cancelAsked: () => void = () => undefined;
  #isCancelled = false;
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #current = 0;
  #writtenBytes = 0;
  #toldMs = -Infinity;

  /** `chosen` are the indexes of the files to write; null: all. */
  constructor(
    place: Place,
    files: readonly ManifestFile[],
    ports: PlacementPorts,
    chosen: readonly number[] | null = null,
  ) {
    this.#place = place;
    this.#files = files;
    this.#ports = ports;
    this.#chosen = chosen ?? [...files.keys()];
    this.#paths = new Set(files.map((file) => keyOf(file.path)));
  }

  /** Writes what isn't written yet: at first all, after a failure the rest. Settles at its end. */
  run(): Promise<void> {
    if (this.#isRunning) return this.#running; // A second press while it goes on already.
    this.#isRunning = true;
    this.#running = this.#run().finally(() => {
      this.#isRunning = false;
    });
    return this.#running;
  }

  /** Goes on after a failure, without the file that failed. */
  leaveOut(): Promise<void> {
    if (!this.#isRunning) this.#plan[this.#current] = "skip";
    return this.run();
  }

  /** The person's word about a taken name; one about a file that isn't asked about changes nothing. */
  answer(file: number, answer: ConflictAnswer, forAll: boolean): void {
    if (this.#asked?.file !== file) return;
    this.#ports.tell({ kind: "looking", place: this.#place.name });
    if (forAll) this.#answerForAll = answer;
    this.#asked.answer(answer);
  }

  /** Stops; of the file that is being written nothing stays. Settles when it has stopped. */
  async cancel(): Promise<void> {
    this.#isCancelled = true;
    this.#cancelAsked();
    await this.#running;
  }

  async #run(): Promise<void> {
    const place = this.#place;
    try {
      this.#folders.clear();
      if (place.kind === "file") await this.#writeTo(place, this.#chosen[0] ?? 0);
      else await this.#fill(place);
      const fileCount = this.#written.size;
      const skippedCount = this.#chosen.length - fileCount;
      this.#ports.tell({ kind: "done", place: place.name, fileCount, skippedCount });
    } catch (error) {
      if (error instanceof Cancelled) return removeEmpty(place);
      const path = this.#files[this.#current]?.path ?? [];
      this.#ports.tell({ kind: "failed", trouble: troubleOf(error), path });
    }
  }

  async #fill(root: FileSystemDirectoryHandle): Promise<void> {
    this.#ports.tell({ kind: "looking", place: root.name });
    const found = new Map<string, FileSystemDirectoryHandle | null>([["", root]]);
    for (const [file, { path }] of this.#entries()) {
      this.#begin(file);
      this.#plan[file] ??= await this.#decide(file, await this.#find(found, path));
    }
    this.#toldMs = -Infinity; // The first word of writing replaces the last question.
    for (const [file, { path }] of this.#entries()) {
      this.#begin(file);
      const plan = this.#plan[file];
      if (plan === "skip" || this.#written.has(file)) continue;
      const folder = await this.#folderFor(root, path.slice(0, -1));
      const name = path.at(-1) ?? "file";
      // Looked for again: it may have come in the meantime, and nobody was asked about it.
      const own = plan === "replace" ? name : await this.#freeName(folder, name, path);
      await this.#writeNew(folder, own, file, plan !== "replace");
    }
  }

  *#entries(): Iterable<[number, ManifestFile]> {
    for (const index of this.#chosen) {
      const file = this.#files[index];
      if (file !== undefined) yield [index, file];
    }
  }

  #begin(file: number): void {
    if (this.#isCancelled) throw new Cancelled();
    this.#current = file;
  }

  /** What is at a path: a file there is to be asked about, a folder can't be replaced by a file. */
  async #find(
    found: Map<string, FileSystemDirectoryHandle | null>,
    path: readonly string[],
  ): Promise<"nothing" | "file" | "folder"> {
    let folder = found.get("") ?? null;
    for (const [depth, name] of path.slice(0, -1).entries()) {
      const key = keyOf(path.slice(0, depth + 1));
      const known = found.get(key);
      folder = known === undefined ? await folderIn(folder, name) : known;
      found.set(key, folder);
      if (folder === null) return "nothing";
    }
    return folder === null ? "nothing" : kindOf(folder, path.at(-1) ?? "file");
  }

  async #decide(
    file: number,
    found: "nothing" | "file" | "folder",
  ): Promise<"write" | ConflictAnswer> {
    if (found === "nothing") return "write";
    if (found === "folder") return "keep-both";
    if (this.#answerForAll !== null) return this.#answerForAll;
    const { path } = this.#files[file] ?? { path: [] };
    try {
      return await new Promise<ConflictAnswer>((resolve, reject) => {
        this.#asked = { file, answer: resolve };
        this.#cancelAsked = () => reject(new Cancelled());
        this.#ports.tell({ kind: "asking", file, path });
      });
    } finally {
      this.#asked = null;
      this.#cancelAsked = () => undefined;
    }
  }

  /** Made where it isn't there; one whose name a file has gets a number. */
  async #folderFor(
    root: FileSystemDirectoryHandle,
    names: readonly string[],
  ): Promise<FileSystemDirectoryHandle> {
    let folder = root;
    for (const [depth, name] of names.entries()) {
      const key = keyOf(names.slice(0, depth + 1));
      const known = this.#folders.get(key);
      folder = known ?? (await this.#makeFolder(folder, name));
      this.#folders.set(key, folder);
    }
    return folder;
  }

  async #makeFolder(
    parent: FileSystemDirectoryHandle,
    name: string,
  ): Promise<FileSystemDirectoryHandle> {
    let own = name;
    for (let copy = 2; (await kindOf(parent, own)) === "file"; copy++) {
      own = numberedName(name, copy);
    }
    return parent.getDirectoryHandle(own, { create: true });
  }

  async #freeName(
    folder: FileSystemDirectoryHandle,
    name: string,
    path: readonly string[],
  ): Promise<string> {
    let own = name;
    for (let copy = 2; ; copy++) {
      const isOthers = own !== name && this.#paths.has(keyOf([...path.slice(0, -1), own]));
      if (!isOthers && (await kindOf(folder, own)) === "nothing") return own;
      own = numberedName(name, copy);
    }
  }

  /** Where `isNew`, nothing of it stays when it fails: browsers make an empty file at first. */
  async #writeNew(
    folder: FileSystemDirectoryHandle,
    name: string,
    file: number,
    isNew: boolean,
  ): Promise<void> {
    const handle = await folder.getFileHandle(name, { create: true });
    try {
      await this.#writeTo(handle, file);
    } catch (error) {
      // Safe: what stays where that fails too is an empty file, and the failure is told.
      if (isNew) await folder.removeEntry(name).catch(() => undefined);
      throw error;
    }
  }

  async #writeTo(handle: FileSystemFileHandle, file: number): Promise<void> {
    const beforeBytes = this.#writtenBytes;
    try {
      const content = await this.#ports.read(file);
      const writable = await handle.createWritable();
      try {
        await this.#copy(content, writable);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined); // Safe: after `close` failed there is none.
        throw error;
      }
      const { size } = await handle.getFile();
      if (size !== content.size) throw new DOMException("a short write", "OperationError");
    } catch (error) {
      this.#writtenBytes = beforeBytes;
      throw error;
    }
    this.#written.add(file);
  }

  async #copy(content: Blob, writable: FileSystemWritableFileStream): Promise<void> {
    this.#tellProgress();
    for (let at = 0; at < content.size; at += STRIP_BYTES) {
      const strip = await bytesOf(content.slice(at, at + STRIP_BYTES));
      await writable.write(strip);
      this.#writtenBytes += strip.byteLength;
      this.#tellProgress();
      if (this.#isCancelled) throw new Cancelled();
    }
  }

  #tellProgress(): void {
    const nowMs = this.#ports.nowMs();
    if (nowMs - this.#toldMs < TELL_MS) return;
    this.#toldMs = nowMs;
    this.#ports.tell({
      kind: "writing",
      place: this.#place.name,
      writtenBytes: this.#writtenBytes,
      totalBytes: this.#totalBytes(),
    });
  }

  #totalBytes(): number {
    let totalBytes = 0;
    for (const [index, { sizeBytes }] of this.#entries()) {
      if (this.#plan[index] !== "skip") totalBytes += sizeBytes;
    }
    return totalBytes;
  }
}

/** A picker makes an empty file of the name that was chosen: one that wasn't wanted goes again. */
async function removeEmpty(place: Place): Promise<void> {
  if (place.kind !== "file" || (await place.getFile()).size > 0) return;
  const removable = place as { readonly remove?: () => Promise<void> } & FileSystemFileHandle;
  await removable.remove?.().catch(() => undefined); // Safe: it stays, and is empty.
}

/** @throws {ShoalError} `storage-failed` */
async function bytesOf(strip: Blob): Promise<ArrayBuffer> {
  try {
    return await strip.arrayBuffer();
  } catch (error) {
    throw new ShoalError("storage-failed", "reading a strip", { cause: error });
  }
}

/** As a key only: paths are walked name by name. No name holds a "/". */
const keyOf = (path: readonly string[]): string => path.join("/");

/** A folder's folder, or null where there is none. */
async function folderIn(
  parent: FileSystemDirectoryHandle | null,
  name: string,
): Promise<FileSystemDirectoryHandle | null> {
  try {
    return (await parent?.getDirectoryHandle(name)) ?? null;
  } catch (error) {
    if (isNamed(error, "NotFoundError", "TypeMismatchError")) return null;
    throw error;
  }
}

async function kindOf(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<"nothing" | "file" | "folder"> {
  try {
    await folder.getFileHandle(name);
    return "file";
  } catch (error) {
    if (isNamed(error, "NotFoundError")) return "nothing";
    if (isNamed(error, "TypeMismatchError")) return "folder";
    throw error;
  }
}

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof DOMException && names.includes(error.name);

/** What a failure means to a person. */
function troubleOf(error: unknown): PlaceTrouble {
  if (error instanceof ShoalError) return "source-failed";
  if (isNamed(error, "NotAllowedError", "SecurityError")) return "denied";
  if (isNamed(error, "QuotaExceededError")) return "full";
  if (isNamed(error, "NoModificationAllowedError", "InvalidModificationError")) return "locked";
  if (isNamed(error, "NotFoundError", "InvalidStateError")) return "gone";
  // A name that the browser writes to no folder; content that its protection stops at the end.
  if (error instanceof TypeError || isNamed(error, "AbortError")) return "refused";
  return "failed";
}
