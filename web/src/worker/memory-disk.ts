/** A shelf in memory, for tests: what was written, and what of it a crash would leave. */
import type { Bytes } from "@shoal/swarm/bytes";
import { ShoalError } from "@shoal/swarm/errors";

export class MemoryDisk {
  readonly files = new Map<string, Bytes>();
  /** As of the last flush. */
  readonly #safe = new Map<string, Bytes>();
  /** Flushes throw. */
  isBroken = false;
  /** Files of these bytes together fit, until finished shares, so many, make room for more. */
  roomBytes = Infinity;
  finishedShares = 0;
  /** Writes find no room, until a finished share makes some. */
  isFull = false;

  /** The power goes: what wasn't flushed is lost. */
  crash(): MemoryDisk {
    const after = new MemoryDisk();
    for (const [name, bytes] of this.files) {
      const safe = this.#safe.get(name) ?? new Uint8Array(bytes.length);
      after.files.set(name, safe.slice());
      after.#safe.set(name, safe.slice());
    }
    return after;
  }

  async reserve(sizes: ReadonlyMap<string, number>): Promise<void> {
    const wanted = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (wanted > this.roomBytes) throw new ShoalError("no-space", "full");
    for (const [name, size] of sizes) {
      const file = new Uint8Array(size);
      file.set(this.files.get(name)?.subarray(0, size) ?? []);
      this.files.set(name, file);
    }
  }

  async findRoom(): Promise<void> {
    if (this.isFull) throw new ShoalError("no-space", "full");
  }

  async makeRoom(): Promise<boolean> {
    if (this.finishedShares === 0) return false;
    this.finishedShares--;
    this.isFull = false;
    this.roomBytes *= 2;
    return true;
  }

  async write(name: string, bytes: Uint8Array, at: number): Promise<void> {
    if (this.isFull) throw new ShoalError("no-space", "full");
    const before = this.files.get(name) ?? new Uint8Array();
    const file = new Uint8Array(Math.max(before.length, at + bytes.length));
    file.set(before);
    file.set(bytes, at);
    this.files.set(name, file);
  }

  async flush(name: string): Promise<void> {
    if (this.isBroken) throw new ShoalError("storage-failed", "broken");
    this.#safe.set(name, (this.files.get(name) ?? new Uint8Array()).slice());
  }

  async read(name: string, into: Bytes, at: number): Promise<void> {
    const file = this.files.get(name) ?? new Uint8Array();
    if (at + into.length > file.length) throw new ShoalError("storage-failed", "a short read");
    into.set(file.subarray(at, at + into.length));
  }

  async readAll(name: string): Promise<Bytes | null> {
    return this.files.get(name)?.slice() ?? null;
  }

  async size(name: string): Promise<number | null> {
    return this.files.get(name)?.length ?? null;
  }

  async remove(name: string): Promise<void> {
    this.files.delete(name);
  }

  async file(name: string): Promise<File> {
    return new File([this.files.get(name) ?? new Uint8Array()], name);
  }
}
