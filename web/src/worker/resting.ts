/**
 * A share that this browser made and whose page was closed: it rests until its sharer has said where
 * the files are. They are compared with what was signed before anybody is served.
 */
import { sameBytes } from "@shoal/swarm/bytes";
import type { Page } from "@shoal/swarm/engine/io";
import { ShoalError } from "@shoal/swarm/errors";
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { FromWorker, SharedFile } from "../protocol/messages.ts";
import type { Refusal } from "../protocol/state.ts";
import { byPath } from "./choice.ts";
import { FileSource } from "./file-source.ts";
import type { FilesRecord } from "./own-share.ts";
import { restingView } from "./view.ts";

/** Files that are what was shared. */
export type Found = {
  readonly source: FileSource;
  readonly files: FilesRecord;
  /** The same as they were chosen, in the manifest's order. */
  readonly chosen: readonly SharedFile[];
};

/** The chosen files aren't what was shared. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(reason: Refusal["reason"], name: string) {
    super(`${reason}: ${name}`);
    this.name = "Refused";
    this.refusal = { reason, name };
  }
}

export class Resting {
  readonly #manifest: Manifest;
  readonly #pages: readonly Page[];
  readonly #before: FilesRecord;
  readonly #post: (message: FromWorker) => void;
  #isChecking = false;

  /** `before` is what is known of the files from when they were shared. */
  constructor(
    manifest: Manifest,
    pages: readonly Page[],
    before: FilesRecord,
    post: (message: FromWorker) => void,
  ) {
    this.#manifest = manifest;
    this.#pages = pages;
    this.#before = before;
    this.#post = post;
  }

  /** Shows the page that the share could be gone on with. */
  tell(): void {
    const { files, layout } = this.#manifest;
    let hashedBytes = 0;
    for (const { index } of this.#pages) {
      const { first, end } = layout.piecesOfPage(index);
      for (let piece = first; piece < end; piece++) hashedBytes += layout.span(piece).length;
    }
    this.#post({ type: "files", files });
    this.#post({
      type: "state",
      state: restingView(this.#manifest, hashedBytes),
      choice: 0,
      verifiedBytesOfFile: new Float64Array(files.length),
      pieces: null,
    });
  }

  /**
   * The chosen files, or those that the handles know where null, if they are what was shared. Else
   * says why not, and rests on.
   */
  async check(
    chosen: readonly SharedFile[] | null,
    handles: readonly FileSystemHandle[],
  ): Promise<Found | null> {
    if (this.#isChecking) return null;
    this.#isChecking = true;
    this.#post({ type: "refusal", refusal: null });
    try {
      return await this.#find(chosen ?? (await this.#known(handles)), handles);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#post({ type: "refusal", refusal: error.refusal });
      return null;
    } finally {
      this.#isChecking = false;
      this.#post({ type: "checking", checking: null });
    }
  }

  async #known(handles: readonly FileSystemHandle[]): Promise<SharedFile[]> {
    const found: SharedFile[] = [];
    for (const path of this.#before.paths) {
      try {
        found.push({ path, file: await fileAt(handles, path) });
      } catch (error) {
        const name = path.at(-1) ?? "";
        const isDenied = error instanceof DOMException && error.name === "NotAllowedError";
        throw new Refused(isDenied ? "not-allowed" : "missing", name);
      }
    }
    return found;
  }

  async #find(chosen: readonly SharedFile[], handles: readonly FileSystemHandle[]): Promise<Found> {
    const { files: listed, layout } = this.#manifest;
    const found = byPath(this.#manifest, chosen).map((one, index) => {
      const name = this.#nameOf(index);
      if (one === null) throw new Refused("missing", name);
      if (one.file.size !== listed[index]?.sizeBytes) throw new Refused("other-size", name);
      return one;
    });
    const files = found.map(({ file }) => file);
    const source = new FileSource(files, layout);
    await this.#compare(source, files);
    const record = {
      paths: found.map(({ path }) => path),
      modifiedMs: files.map(({ lastModified }) => lastModified),
      handles,
    };
    return { source, files: record, chosen: found };
  }

  /** Every page that was signed. Where no file of it was changed since, its pieces are as they are read. */
  async #compare(source: FileSource, files: readonly File[]): Promise<void> {
    const { layout } = this.#manifest;
    const isSame = files.map((file, at) => file.lastModified === this.#before.modifiedMs[at]);
    const changed = this.#pages.filter((page) => {
      const { first, end } = layout.piecesOfPage(page.index);
      const [from, to] = [layout.span(first).file, layout.span(end - 1).file];
      const isUnchanged = isSame.slice(from, to + 1).every(Boolean);
      if (isUnchanged) source.know(page, first);
      return !isUnchanged;
    });
    for (const [count, page] of changed.entries()) {
      this.#post({ type: "checking", checking: { done: count, total: changed.length } });
      await this.#comparePage(source, page);
    }
  }

  async #comparePage(source: FileSource, page: Page): Promise<void> {
    const { layout } = this.#manifest;
    const { first, end } = layout.piecesOfPage(page.index);
    let hashes: Uint8Array;
    try {
      hashes = await source.hashPieces(first, end);
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      throw new Refused("unreadable", this.#nameOf(layout.span(first).file));
    }
    for (let piece = first; piece < end; piece++) {
      const [from, to] = [(piece - first) * 32, (piece - first + 1) * 32];
      if (sameBytes(hashes.subarray(from, to), page.hashes.subarray(from, to))) continue;
      throw new Refused("other-content", this.#nameOf(layout.span(piece).file));
    }
  }

  #nameOf(file: number): string {
    return this.#manifest.files[file]?.path.at(-1) ?? "";
  }
}

/** @throws What the browser throws for a file that isn't there any more, or may not be read. */
async function fileAt(
  handles: readonly FileSystemHandle[],
  path: readonly string[],
): Promise<File> {
  const [top, ...names] = path;
  const name = names.pop();
  let folder: FileSystemDirectoryHandle | null = null;
  for (const handle of handles) {
    if (handle.name !== top) continue;
    if (name === undefined && isFile(handle)) return handle.getFile();
    if (name !== undefined && isFolder(handle)) folder = handle;
  }
  if (folder === null || name === undefined) throw new DOMException("no handle", "NotFoundError");
  for (const inner of names) folder = await folder.getDirectoryHandle(inner);
  return (await folder.getFileHandle(name)).getFile();
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === "file";
const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle =>
  handle.kind === "directory";
