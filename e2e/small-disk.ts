/** A disk of a few megabytes under a browser's storage, which other things can fill up. */
import { execFile } from "node:child_process";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Engine } from "./browsers.ts";

const run = promisify(execFile);

/** Where in a profile an engine keeps the files of pages. */
const PLACES: Record<Engine, string> = {
  chromium: "Default/File System",
  firefox: "storage/default",
};

const BALLAST = "ballast";

/** A disk that a test has made. */
export class SmallDisk {
  readonly #place: string;

  private constructor(place: string) {
    this.#place = place;
  }

  /**
   * Puts one under the storage of a profile whose browser hasn't started yet.
   *
   * @param size In bytes.
   * @throws Where the system doesn't allow it: mounting is for root.
   */
  static async under(profile: string, engine: Engine, size: number): Promise<SmallDisk> {
    const place = path.join(profile, PLACES[engine]);
    await mkdir(place, { recursive: true });
    await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "shoal-e2e", place]);
    return new SmallDisk(place);
  }

  /** Something else on this machine takes all the room that is there, but for so many bytes. */
  async fill(leftBytes = 0): Promise<void> {
    const handle = await open(path.join(this.#place, BALLAST), "w");
    try {
      for (let bytes = 1 << 20; bytes > 0;) {
        try {
          await handle.appendFile(Buffer.alloc(bytes));
        } catch {
          bytes >>= 1; // Safe: full for so much; what is left takes less.
        }
      }
      const { size } = await handle.stat();
      await handle.truncate(Math.max(0, size - leftBytes));
    } finally {
      await handle.close();
    }
  }

  /** It gives the room back. */
  async free(): Promise<void> {
    await rm(path.join(this.#place, BALLAST));
  }

  /** Nothing new can be written in any of its folders, as on a disk that fails; or it can again. */
  async protect(isProtected: boolean): Promise<void> {
    await run("chattr", ["-R", isProtected ? "+i" : "-i", this.#place]);
  }

  /** Takes the disk away. To be called before the profile is removed. */
  async remove(): Promise<void> {
    await run("umount", ["--lazy", this.#place]);
  }
}
