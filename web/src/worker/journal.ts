/**
 * What a later session goes on from: the manifest, pages of hashes, which pieces are stored, and
 * whether all are wanted or somebody has merely looked at a file. It lies beside the share's files. A piece is noted only after its bytes were flushed to disk, so that
 * what the journal says is true also after the power went; what it hasn't noted is fetched again.
 *
 * Bits are added, byte by byte, or all taken back: a write that is cut in the middle says less.
 */
import { type Bytes, concat, readU32, u32 } from "@shoal/swarm/bytes";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import type { Page } from "@shoal/swarm/engine/io";
import type { Manifest } from "@shoal/swarm/share/manifest";
import { SIGNATURE_BYTES } from "@shoal/swarm/share/statement";
import type { Remains } from "@shoal/swarm/restore";
import { DONE, type Shelf } from "./shelf.ts";

const MANIFEST = "manifest";
const PAGES = "pages";
const HELD = "held";
/** Not empty once download was pressed. */
const ASKED = "asked";
/** Flushing takes a disk some milliseconds, and all that it is late for is fetched again. */
const CHECKPOINT_MS = 1_000;
/** A page's record: index, length of the hashes, signature, hashes. */
const RECORD_HEAD_BYTES = 8 + SIGNATURE_BYTES;

/** What is needed of a shelf. */
export type JournalDisk = Pick<Shelf, "write" | "flush" | "readAll">;

export class Journal {
  readonly #disk: JournalDisk;
  #held = new Bitfield(0);
  #pagesBytes = 0;
  readonly #pages = new Set<number>();
  /** Files with pieces that aren't flushed. */
  #unflushed = new Set<string>();
  #isDue = false;
  #isAsked = false;
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
      [HELD, Math.ceil(layout.pieceCount / 8)],
      [ASKED, 0],
      [DONE, 0],
    ]);
  }

  /** Begins in the files that were reserved. @throws {ShoalError} `no-space`, `storage-failed` */
  async begin({ layout }: Manifest, signed: Bytes): Promise<void> {
    this.#held = new Bitfield(layout.pieceCount);
    this.#pages.clear();
    this.#pagesBytes = 0;
    await this.#disk.write(MANIFEST, signed, 0);
    await this.#disk.flush(MANIFEST);
    if (this.#isAsked) await this.#noteAsked();
  }

  /** All pieces are wanted, in later sessions too. */
  asked(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#write(() => this.#noteAsked());
  }

  async #noteAsked(): Promise<void> {
    await this.#disk.write(ASKED, Uint8Array.of(1), 0);
    await this.#disk.flush(ASKED);
  }

  /** Whether all pieces were wanted. @throws {ShoalError} `storage-failed` */
  static async wasAsked(disk: JournalDisk): Promise<boolean> {
    return (await disk.readAll(ASKED))?.[0] === 1;
  }

  /** Goes on with what was found. */
  resume(held: Bitfield, pages: readonly Page[]): void {
    this.#held = held.copy();
    for (const { index, hashes } of pages) {
      this.#pages.add(index);
      this.#pagesBytes += RECORD_HEAD_BYTES + hashes.length;
    }
    this.#write(() => this.#markIfDone());
  }

  /** What was found, or null where there is no journal. @throws {ShoalError} `storage-failed` */
  static async read(disk: JournalDisk): Promise<Remains | null> {
    const signed = await disk.readAll(MANIFEST);
    const held = await disk.readAll(HELD);
    const pages = await disk.readAll(PAGES);
    if (signed === null || held === null || pages === null) return null;
    return { signed, held, pages: parsed(pages) };
  }

  /** Notes a page of hashes, once. */
  keepPage({ index, signature, hashes }: Page): void {
    if (this.#pages.has(index)) return;
    this.#pages.add(index);
    const record = concat(u32(index), u32(hashes.length), signature, hashes);
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

  /** The disk has lost something: nothing that it holds can be relied on. */
  forget(): void {
    this.#held = new Bitfield(this.#held.size);
    this.#write(() => this.#checkpoint());
  }

  /** All writes that were begun have ended. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #checkpoint(): Promise<void> {
    const names = [PAGES, ...this.#unflushed];
    const held = this.#held.toBytes();
    this.#unflushed = new Set();
    for (const name of names) await this.#disk.flush(name);
    await this.#disk.write(HELD, held, 0);
    await this.#disk.flush(HELD);
    await this.#markIfDone();
  }

  async #markIfDone(): Promise<void> {
    if (this.#held.isFull) await this.#disk.write(DONE, Uint8Array.of(1), 0);
  }

  #write(action: () => Promise<void>): void {
    // Safe: what can't be noted is fetched again; a disk that fails shows at the pieces themselves.
    this.#last = this.#last.then(action).catch(() => undefined);
  }
}

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
