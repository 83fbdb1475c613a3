/** A folder of the person's in memory, for tests: what browsers do with handles, and their refusals. */

/** Thrown by the next call of a method, on the entry of a name. */
type Refusal = { readonly on: string; readonly method: string; readonly error: Error };

type Entry = MemoryFolder | MemoryFile;

export class MemoryFolder {
  readonly kind = "directory";
  readonly name: string;
  readonly entries = new Map<string, Entry>();
  readonly #refusals: Refusal[];

  constructor(name: string, refusals: Refusal[] = []) {
    this.name = name;
    this.#refusals = refusals;
  }

  /** As the browser's own. */
  get handle(): FileSystemDirectoryHandle {
    return this as unknown as FileSystemDirectoryHandle;
  }

  /** The next call of `method` on what has this name throws, once. */
  refuse(on: string, method: string, name: string): void {
    const error = name === "TypeError" ? new TypeError("refused") : new DOMException("no", name);
    this.#refusals.push({ on, method, error });
  }

  /** Puts a file in, its folders made. */
  put(path: string, text: string): void {
    const [first = "", ...rest] = path.split("/");
    if (rest.length === 0) this.#file(first).content = new Blob([text]);
    else this.#folder(first).put(rest.join("/"), text);
  }

  /** The text of every file, by its path; of swap files nothing is seen. */
  async texts(before = ""): Promise<Record<string, string>> {
    const texts: Record<string, string> = {};
    for (const [name, entry] of this.entries) {
      if (entry.kind === "file") texts[before + name] = await entry.content.text();
      else Object.assign(texts, await entry.texts(`${before}${name}/`));
    }
    return texts;
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<MemoryFile> {
    this.#maybeRefuse(name, create ? "create" : "getFileHandle");
    return this.#get(name, "file", create) as MemoryFile;
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<MemoryFolder> {
    return this.#get(name, "directory", create) as MemoryFolder;
  }

  async removeEntry(name: string): Promise<void> {
    this.entries.delete(name);
  }

  #get(name: string, kind: Entry["kind"], create: boolean): Entry {
    if (name === "" || name.includes("/")) throw new TypeError("Name is not allowed.");
    const found = this.entries.get(name);
    if (found !== undefined && found.kind !== kind) throw new DOMException("", "TypeMismatchError");
    if (found !== undefined) return found;
    if (!create) throw new DOMException("", "NotFoundError");
    return kind === "file" ? this.#file(name) : this.#folder(name);
  }

  #file(name: string): MemoryFile {
    const file = new MemoryFile(name, (method) => this.#maybeRefuse(name, method));
    this.entries.set(name, file);
    return file;
  }

  #folder(name: string): MemoryFolder {
    const found = this.entries.get(name);
    if (found instanceof MemoryFolder) return found;
    const folder = new MemoryFolder(name, this.#refusals);
    this.entries.set(name, folder);
    return folder;
  }

  #maybeRefuse(name: string, method: string): void {
    const at = this.#refusals.findIndex((one) => one.on === name && one.method === method);
    const [refusal] = at < 0 ? [] : this.#refusals.splice(at, 1);
    if (refusal !== undefined) throw refusal.error;
  }
}

export class MemoryFile {
  readonly kind = "file";
  readonly name: string;
  content = new Blob();
  readonly #maybeRefuse: (method: string) => void;

  constructor(name: string, maybeRefuse: (method: string) => void = () => undefined) {
    this.name = name;
    this.#maybeRefuse = maybeRefuse;
  }

  get handle(): FileSystemFileHandle {
    return this as unknown as FileSystemFileHandle;
  }

  async getFile(): Promise<Blob> {
    return this.content;
  }

  async createWritable() {
    this.#maybeRefuse("createWritable");
    let swap = new Blob();
    return {
      write: async (strip: ArrayBuffer): Promise<void> => {
        this.#maybeRefuse("write");
        swap = new Blob([swap, strip]);
      },
      close: async (): Promise<void> => {
        this.#maybeRefuse("close");
        this.content = swap;
      },
      abort: async (): Promise<void> => undefined,
    };
  }
}
