/**
 * Reads files into memory of one's own. What lies behind the last bytes read comes from the same
 * stream, which takes half of a slice's time on the processor (docs/decisions/0015) and leaves
 * little to the collector.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import { ShoalError } from "@shoal/swarm/errors";
import { leave } from "./garbage.ts";

/**
 * The browser's objects that a byte stream leaves behind, as if they were so large a part of what is
 * read: 3 GB that were read and hashed took 87 MB of memory at most, and 63 with a word to the
 * collector for each 256 MiB, which costs 0.2 CPU s/GB (docs/decisions/0015).
 */
const LEFT_BEHIND = 1 / 16;

/** Bytes `[offset, offset + into.length)` of a file. */
export type Stretch = {
  readonly file: Blob;
  readonly offset: number;
  /** Memory for them, the whole of its buffer. It is taken over. */
  readonly into: Bytes;
  /** What follows in the file will be read next. */
  readonly goesOn: boolean;
};

type OpenStream = {
  readonly file: Blob;
  readonly reader: ReadableStreamBYOBReader;
  /** Where in the file its next byte lies, and where it ends. */
  at: number;
  readonly end: number;
};

export class SequentialReader {
  #open: OpenStream | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Fills the memory, after what was asked for before.
   *
   * @returns The same memory, where the browser fills what it is given.
   * @throws {ShoalError} `source-changed`: it can't be read, or not to the end.
   */
  read(stretch: Stretch): Promise<Bytes> {
    const filled = this.#last.then(() => this.#read(stretch));
    this.#last = filled.catch(() => undefined); // Safe: who asked for it is told.
    return filled;
  }

  async #read({ file, offset, into, goesOn }: Stretch): Promise<Bytes> {
    const { length } = into;
    try {
      if (this.#open?.file !== file || this.#open.at !== offset) {
        this.#close();
        this.#open = open(file, offset, goesOn ? file.size : Math.min(file.size, offset + length));
      }
      const stream = this.#open;
      return await (stream === null ? copied(file, offset, length) : this.#fill(stream, into));
    } catch (cause) {
      this.#close();
      if (cause instanceof ShoalError) throw cause;
      throw new ShoalError("source-changed", "unreadable", { cause });
    }
  }

  async #fill(stream: OpenStream, into: Bytes): Promise<Bytes> {
    const { length } = into;
    let bytes = into;
    for (let filled = 0; filled < length;) {
      const left = bytes.subarray(filled);
      const { value, done } = await stream.reader.read(left, { min: left.length });
      if (done || value === undefined) throw new ShoalError("source-changed", "shorter");
      filled += value.length;
      bytes = new Uint8Array(value.buffer);
    }
    leave(length * LEFT_BEHIND);
    stream.at += length;
    if (stream.at === stream.end) this.#close();
    return bytes;
  }

  #close(): void {
    const stream = this.#open;
    this.#open = null;
    stream?.reader.cancel().catch(() => undefined); // Safe: nobody reads it any more.
  }
}

/** Null where the browser can't fill memory of one's own. */
function open(file: Blob, at: number, end: number): OpenStream | null {
  try {
    const reader = file.slice(at, end).stream().getReader({ mode: "byob" });
    return { file, reader, at, end };
  } catch {
    return null; // Safe: there is another way.
  }
}

async function copied(file: Blob, offset: number, length: number): Promise<Bytes> {
  const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  leave(bytes.length);
  if (bytes.length !== length) throw new ShoalError("source-changed", "shorter");
  return bytes;
}
