/**
 * What a later session goes on from: the manifest, pages of hashes, which pieces are stored, and
 * which files are wanted. It lies beside the share's files.
 * A piece is noted only after its bytes were flushed to disk, so that what the journal says is true
 * also after the power went; what it hasn't noted is fetched again.
 *
 * Each part may be damaged for itself. Manifest and pages are signed; behind the bits of what is held
 * stands the beginning of their hash. What a damaged part no longer says is found out by comparing.
 */
import { type Bytes, concat, readU32, u32 } from "@shoal/swarm/bytes";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { Page } from "@shoal/swarm/engine/io";
import type { Manifest } from "@shoal/swarm/share/manifest";
import { SIGNATURE_BYTES } from "@shoal/swarm/share/statement";
import type { Remains } from "@shoal/swarm/restore";
import { noteWish, type KeptWish, WISH } from "./kept-wish.ts";
import { SUM_BYTES, summed, unsummed } from "./summed.ts";
import { DONE, type Shelf } from "./shelf.ts";

export const MANIFEST = "manifest";
const PAGES = "pages";
export const HELD = "held";
/** Flushing takes a disk some milliseconds, and all that it is late for is fetched again. */
const CHECKPOINT_MS = 1_000;
/** A page's record: index, length of the hashes, signature, hashes. */
const RECORD_HEAD_BYTES = 8 + SIGNATURE_BYTES;

/** What is needed of a shelf. */
export type JournalDisk = Pick<Shelf, "write" | "flush" | "readAll" | "reserve">;

export class Journal {
  readonly #disk: JournalDisk;
  #held = new Bitfield(0);
  #pagesBytes = 0;
  readonly #pages = new Set<number>();
  /** Files with pieces that aren't flushed. */
  #unflushed = new Set<string>();
  #isDue = false;
  #wish: KeptWish | null = null;
  #isWishDue = false;
  #isMarkedDone = false;
  /** Writes wait for each other. */
  #last: Promise<void> = Promise.resolve();

  constructor(disk: JournalDisk) {
    this.#disk = disk;
  }

  /** The files that a share's journal takes, with their sizes: to be reserved, full of zeros. */
  static sizes({ layout }: Manifest, signed: Bytes): Map<string, number> {
    return new Map([
      [MANIFEST, signed.length],
      [PAGES, 0],
      [HELD, heldBytes(layout.pieceCount)],
      [WISH, 0],
      [DONE, 0],
    ]);
  }

  /** Begins in the files that were reserved. @throws {ShoalError} `no-space`, `storage-failed` */
  async begin({ layout }: Manifest, signed: Bytes): Promise<void> {
    this.#held = new Bitfield(layout.pieceCount);
    this.#pages.clear();
    this.#pagesBytes = 0;
    this.#isMarkedDone = false;
    await this.#disk.write(MANIFEST, signed, 0);
    await this.#disk.write(HELD, await summed(this.#held.toBytes()), 0);
    for (const name of [MANIFEST, HELD]) await this.#disk.flush(name);
    if (this.#wish !== null) await noteWish(this.#disk, this.#wish);
  }

  /** What the person wants, in later sessions too. Of several that wait to be written, the last is. */
  keepWish(wish: KeptWish): void {
    this.#wish = wish;
    if (this.#isWishDue) return;
    this.#isWishDue = true;
    this.#write(async () => {
      this.#isWishDue = false;
      if (this.#wish !== null) await noteWish(this.#disk, this.#wish);
    });
  }

  /** Goes on with what was found, and as `isDamaged` says writes anew what was found damaged. */
  resume(held: Bitfield, pages: readonly Page[], isDamaged: boolean): void {
    this.#held = held.copy();
    this.#isMarkedDone = true; // It may be: where it oughtn't to, the mark is taken away.
    const sizes = new Map([
      [PAGES, 0],
      [HELD, heldBytes(held.size)],
    ]);
    if (isDamaged) this.#write(() => this.#disk.reserve(sizes));
    for (const page of pages) {
      if (isDamaged) this.keepPage(page);
      else this.#pagesBytes += recordOf(page).length;
      this.#pages.add(page.index);
    }
    this.#write(() => (isDamaged ? this.#checkpoint() : this.#markIfDone()));
  }

  /** What was found, or null where there is no journal. */
  static async read(disk: JournalDisk): Promise<Remains | null> {
    // Safe: what can't be read is as good as missing; a disk that fails for good shows at pieces.
    const part = (name: string): Promise<Bytes | null> => disk.readAll(name).catch(() => null);
    const [signed, held, pages] = [await part(MANIFEST), await part(HELD), await part(PAGES)];
    if (signed === null && held === null && pages === null) return null;
    return {
      signed: signed ?? new Uint8Array(),
      held: held && (await unsummed(held)),
      pages: parsed(pages ?? new Uint8Array()),
    };
  }

  /** Pieces that aren't noted as held. */
  get missingCount(): number {
    return this.#held.size - this.#held.count;
  }

  /** Notes a page of hashes, once. */
  keepPage(page: Page): void {
    if (this.#pages.has(page.index)) return;
    this.#pages.add(page.index);
    const record = recordOf(page);
    const at = this.#pagesBytes;
    this.#pagesBytes += record.length;
    this.#write(() => this.#disk.write(PAGES, record, at));
  }

  /** A piece was written to this file; it is noted a moment later, the last one at once. */
  wrote(piece: number, name: string): void {
    this.#held.add(piece);
    this.#unflushed.add(name);
    if (this.#held.isFull) return this.#write(() => this.#checkpoint());
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#write(() => this.#checkpoint());
    }, CHECKPOINT_MS);
  }

  /** The disk has lost this piece. */
  lost(piece: number): void {
    if (this.#held.remove(piece)) this.#write(() => this.#checkpoint());
  }

  /** The disk fails: nothing that it holds can be relied on. */
  forget(): void {
    this.#held = new Bitfield(this.#held.size);
    this.#write(() => this.#checkpoint());
  }

  /** All writes that were begun have ended. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #checkpoint(): Promise<void> {
    // Both at once: what comes from here on is the next checkpoint's.
    const bits = this.#held.toBytes();
    const names = this.#unflushed;
    this.#unflushed = new Set();
    try {
      for (const name of [PAGES, ...names]) await this.#disk.flush(name);
    } catch (error) {
      for (const name of names) this.#unflushed.add(name);
      throw error;
    }
    await this.#disk.write(HELD, await summed(bits), 0);
    await this.#disk.flush(HELD);
    await this.#markIfDone();
  }

  async #markIfDone(): Promise<void> {
    if (this.#held.isFull) await this.#disk.write(DONE, Uint8Array.of(1), 0);
    else if (this.#isMarkedDone) await this.#disk.reserve(new Map([[DONE, 0]]));
    this.#isMarkedDone = this.#held.isFull;
  }

  #write(action: () => Promise<void>): void {
    // Safe: what can't be noted is fetched again; a disk that fails shows at the pieces themselves.
    this.#last = this.#last.then(action).catch(() => undefined);
  }
}

const heldBytes = (pieceCount: number): number => Math.ceil(pieceCount / 8) + SUM_BYTES;

const recordOf = ({ index, signature, hashes }: Page): Bytes =>
  concat(u32(index), u32(hashes.length), signature, hashes);

/** The records of the pages' file, as far as they are whole. */
function parsed(bytes: Bytes): Page[] {
  const pages: Page[] = [];
  for (let at = 0; at + RECORD_HEAD_BYTES <= bytes.length;) {
    const end = at + RECORD_HEAD_BYTES + readU32(bytes, at + 4);
    if (end > bytes.length) break;
    pages.push({
      index: readU32(bytes, at),
      signature: bytes.slice(at + 8, at + RECORD_HEAD_BYTES),
      hashes: bytes.slice(at + RECORD_HEAD_BYTES, end),
    });
    at = end;
  }
  return pages;
}
