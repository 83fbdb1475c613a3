/**
 * A share that this browser made, as it is kept in IndexedDB: its key, which nobody can read, what
 * the key has signed so far, and where the files lie if the browser tells. With them a later visit
 * goes on sharing under the same link. Of an ended share only the end is kept, with what proves it.
 *
 * What can't be kept is no failure of the share: it runs, and can't be gone on with.
 */
import type { Bytes } from "@shoal/swarm/bytes";
import type { SignedKeeper } from "@shoal/swarm/driver";
import type { End, Page } from "@shoal/swarm/engine/io";
import type { SwarmId } from "@shoal/swarm/ids";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { lockName } from "./shelf.ts";

const DATABASE = "shoal";
/** A share that runs for days isn't forgotten when its page then crashes. */
const USED_INTERVAL_MS = 60 * 60 * 1000;

export type OwnShareRecord = {
  readonly swarm: SwarmId;
  readonly privateKey: CryptoKey;
  /** What follows the link's `#`; older records have none. */
  readonly fragment?: string;
  /** What came of the password, not the password; null where there is none. Older records lack it. */
  readonly stretched?: Bytes | null;
  /** The manifest as it travels. */
  readonly signed: Bytes;
  readonly files: FilesRecord;
  /** The person's bound on what is sent; null: none. Older records lack it. */
  readonly uploadLimitBytesPerSec?: number | null;
  /** What its key said to catalogues last, as it travels; nothing yet where it is missing. */
  readonly stated?: Bytes;
  readonly end: End | null;
  /** Wall clock. */
  readonly usedMs: number;
};

/** The shared files as they were chosen, in the manifest's order. */
export type FilesRecord = {
  /** Paths as they are on disk: the manifest's are made harmless. */
  readonly paths: readonly (readonly string[])[];
  /** When each was last changed. */
  readonly modifiedMs: readonly number[];
  /** Where they lie, or the folders that they are in. */
  readonly handles: readonly FileSystemHandle[];
};

type PageRecord = Page & { readonly swarm: SwarmId };

interface Schema extends DBSchema {
  shares: { key: SwarmId; value: OwnShareRecord };
  pages: { key: [SwarmId, number]; value: PageRecord };
}

async function database(): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(DATABASE, 1, {
    upgrade(made) {
      made.createObjectStore("shares", { keyPath: "swarm" });
      made.createObjectStore("pages", { keyPath: ["swarm", "index"] });
    },
  });
}

const pagesOf = (swarm: SwarmId): IDBKeyRange =>
  IDBKeyRange.bound([swarm, 0], [swarm, Number.MAX_SAFE_INTEGER]);

export class OwnShare implements SignedKeeper {
  readonly #swarm: SwarmId;
  /** Called once where it turns out that the share can't be gone on with. */
  readonly #lost: () => void;
  /** Null where nothing can be kept any more. */
  #database: Promise<IDBPDatabase<Schema> | null>;

  private constructor(swarm: SwarmId, opened: Promise<IDBPDatabase<Schema>>, lost: () => void) {
    this.#swarm = swarm;
    this.#lost = lost;
    this.#database = opened;
    setInterval(() => void this.#change((record) => record), USED_INTERVAL_MS);
  }

  /** Begins to keep a share; returns at once. */
  static begin(record: Omit<OwnShareRecord, "end" | "usedMs">, lost: () => void): OwnShare {
    const share = new OwnShare(record.swarm, database(), lost);
    void share.#do(async (opened) => {
      await opened.put("shares", { ...record, end: null, usedMs: Date.now() });
    });
    return share;
  }

  /** Goes on keeping one that was found. */
  static resume(swarm: SwarmId, lost: () => void): OwnShare {
    const share = new OwnShare(swarm, database(), lost);
    void share.#change((record) => record);
    return share;
  }

  /** What is kept of a share; null where there is nothing, or nothing can be read. */
  static async find(
    swarm: SwarmId,
  ): Promise<{ readonly record: OwnShareRecord; readonly pages: readonly Page[] } | null> {
    try {
      const opened = await database();
      const record = await opened.get("shares", swarm);
      const pages = await opened.getAll("pages", pagesOf(swarm));
      opened.close();
      return record === undefined ? null : { record, pages };
    } catch {
      return null; // Safe: who blocks site data has made no share that could be gone on with.
    }
  }

  /** The files lie elsewhere than before, or were chosen anew. */
  async keepFiles(files: FilesRecord): Promise<void> {
    await this.#change((record) => ({ ...record, files }));
  }

  /** How much may be sent per second; null: no bound. */
  async keepUploadLimit(bytesPerSec: number | null): Promise<void> {
    await this.#change((record) => ({ ...record, uploadLimitBytesPerSec: bytesPerSec }));
  }

  /** What is said to catalogues. */
  async keepStated(stated: Bytes): Promise<void> {
    await this.#change((record) => ({ ...record, stated }));
  }

  async keepPage(page: Page): Promise<void> {
    await this.#do(async (opened) => {
      const change = opened.transaction("pages", "readwrite", { durability: "strict" });
      await Promise.all([change.store.put({ ...page, swarm: this.#swarm }), change.done]);
    });
  }

  async keepEnd(end: End): Promise<void> {
    await this.#change((record) => ({ ...record, end, files: NO_FILES }));
    await this.#do((opened) => opened.delete("pages", pagesOf(this.#swarm)));
  }

  async #change(change: (record: OwnShareRecord) => OwnShareRecord): Promise<void> {
    await this.#do(async (opened) => {
      const transaction = opened.transaction("shares", "readwrite", { durability: "strict" });
      const record = await transaction.store.get(this.#swarm);
      if (record !== undefined) {
        await transaction.store.put({ ...change(record), usedMs: Date.now() });
      }
      await transaction.done;
    });
  }

  /** In turn. Once something wasn't kept nothing is: what isn't known to be signed might be twice. */
  async #do(action: (opened: IDBPDatabase<Schema>) => Promise<void>): Promise<void> {
    const done = this.#database.then(async (opened) => {
      if (opened === null) return null;
      try {
        await action(opened);
        return opened;
      } catch {
        this.#lost(); // Safe: sharing goes on; a later visit finds nothing to go on with.
        await removeShare(opened, this.#swarm).catch(() => undefined);
        return null;
      }
    });
    this.#database = done.catch(() => {
      this.#lost(); // Safe: as above; there is no database.
      return null;
    });
    await this.#database;
  }
}

const NO_FILES: FilesRecord = { paths: [], modifiedMs: [], handles: [] };

async function removeShare(opened: IDBPDatabase<Schema>, swarm: SwarmId): Promise<void> {
  await opened.delete("shares", swarm);
  await opened.delete("pages", pagesOf(swarm));
}

/** All that are kept. */
export async function ownShares(): Promise<OwnShareRecord[]> {
  const opened = await database();
  const records = await opened.getAll("shares");
  opened.close();
  return records;
}

/** Forgets one, unless a tab works with it: nobody can go on sharing it then. */
export async function forgetShare(swarm: SwarmId): Promise<void> {
  const opened = await database();
  await forgetUnused(opened, swarm);
  opened.close();
}

async function forgetUnused(opened: IDBPDatabase<Schema>, swarm: SwarmId): Promise<void> {
  await navigator.locks.request(lockName(swarm), { ifAvailable: true }, async (lock) => {
    if (lock !== null) await removeShare(opened, swarm);
  });
}

/** Forgets the shares that nobody has come back to since then, unless a tab works with one. */
export async function removeOldShares(untilMs: number): Promise<void> {
  const opened = await database();
  for (const { swarm, usedMs } of await opened.getAll("shares")) {
    if (usedMs > untilMs) continue;
    await forgetUnused(opened, swarm);
  }
  opened.close();
}
