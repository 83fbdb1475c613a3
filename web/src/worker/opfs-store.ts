/**
 * A leecher's pieces in the origin-private file system: verified ones only, in place. A large file
 * has an OPFS file of its own; small ones lie one after the other in a common file, since making
 * 2,000 files takes a browser 6 to 26 s (docs/decisions/0001).
 *
 * No wrong byte leaves it. What this session wrote, a write at a time and each as long as it should
 * be, is taken to be there; what an earlier one wrote, or a file that turned out damaged, is compared
 * with its signed hashes once, a piece at a time, before it is passed on or handed out.
 */
import { type Bytes, sameBytes } from "@shoal/swarm/bytes";
import { PieceLost, type Store } from "@shoal/swarm/driver";
import { Bitfield } from "@shoal/swarm/engine/bitfield";
import { blockHashesOf } from "@shoal/swarm/engine/block-hashes";
import { hashIn } from "@shoal/swarm/engine/hash-pages";
import type { Page, PieceVerdict, Restored } from "@shoal/swarm/engine/io";
import { ShoalError } from "@shoal/swarm/errors";
import type { Remains } from "@shoal/swarm/restore";
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { Block } from "@shoal/swarm/wire/frame";
import { release } from "./garbage.ts";
import { Journal, type JournalDisk } from "./journal.ts";
import { type KeptWish, keptWish } from "./kept-wish.ts";
import { sha256 } from "./sha256.ts";
import type { Shelf } from "./shelf.ts";

/** Files up to this size are packed; handing one out takes as much memory. */
const PACKED_BYTES = 4 * 1024 * 1024;
const PACK = "pack";

/** So much memory of pieces is kept to be used again, or that of one piece. */
const SPARE_BYTES = 1024 * 1024;

/** What is needed of a shelf. */
type Disk = JournalDisk &
  Pick<Shelf, "reserve" | "makeRoom" | "findRoom" | "read" | "file" | "size">;

/** So much free space is worth going on for: four of the largest pieces. */
const ROOM_BYTES = 16 * 1024 * 1024;

/** Where a shared file lies. */
type Place = { readonly name: string; readonly offset: number };

export class OpfsStore implements Store {
  readonly #shelf: Disk;
  /** Blocks of pieces that are being fetched. */
  readonly #kept = new Map<number, Bytes>();
  /** Memory of pieces that were written, to be used again. */
  readonly #spare: Bytes[] = [];
  /** The person's own copies of shared files, by index. */
  readonly #copies = new Map<number, File>();
  readonly #journal: Journal;
  #roomsMade = 0;
  #lastRoom: Promise<boolean> = Promise.resolve(false);
  #manifest: Manifest | null = null;
  #places: readonly Place[] = [];
  readonly #pages = new Map<number, Page>();
  /** Pieces whose bytes on disk this session has seen, or written. */
  #sound = new Bitfield(0);
  readonly #comparing = new Map<number, Promise<boolean>>();
  /** The disk was full when something was last written. */
  #wasFull = false;

  constructor(shelf: Disk) {
    this.#shelf = shelf;
    this.#journal = new Journal(shelf);
  }

  /** Told of each piece that turns out to be lost. */
  onLost: (piece: number) => void = () => undefined;

  /**
   * What an earlier session left, as far as `check` finds it usable; null where nothing is known of
   * it. Then what is there is compared once the files are known.
   */
  async restore(check: (found: Remains) => Promise<Restored | null>): Promise<Restored | null> {
    const found = await Journal.read(this.#shelf);
    const restored = found && (await check(found));
    if (found === null || restored === null) return null;
    const { manifest, pages } = restored;
    const { places, sizes } = placesOf(manifest);
    this.#begin(manifest, places);
    for (const page of pages) this.#pages.set(page.index, page);
    const there = await this.#sizesFound(sizes);
    const held = restored.held.copy();
    const unchecked = restored.unchecked.copy();
    // There may have been room for some files alone; but never for less than what is held.
    const least = this.#leastSizes(held);
    const isOff = (name: string): boolean => {
      const size = there.get(name) ?? 0;
      return size < (least.get(name) ?? 0) || size > (sizes.get(name) ?? 0);
    };
    for (const piece of this.#piecesIn(isOff)) if (held.remove(piece)) unchecked.add(piece);
    const isDamaged = unchecked.count > 0 || pages.length < found.pages.length;
    this.#journal.resume(held, pages, isDamaged);
    return { ...restored, held, unchecked };
  }

  #begin(manifest: Manifest, places: readonly Place[]): void {
    this.#manifest = manifest;
    this.#places = places;
    this.#sound = new Bitfield(manifest.layout.pieceCount);
  }

  /** The files that are there, with their sizes. */
  async #sizesFound(sizes: ReadonlyMap<string, number>): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const name of sizes.keys()) {
      const size = await this.#shelf.size(name);
      if (size !== null) found.set(name, size);
    }
    return found;
  }

  /** Pieces that lie in such files on disk. */
  *#piecesIn(isSuch: (name: string) => boolean): Iterable<number> {
    const pieceCount = this.#manifest?.layout.pieceCount ?? 0;
    for (let piece = 0; piece < pieceCount; piece++) {
      if (isSuch(this.#whereIs(piece).name)) yield piece;
    }
  }

  /** The least that files on disk can be long where these pieces lie in them. */
  #leastSizes(held: Bitfield): Map<string, number> {
    const sizes = new Map<string, number>();
    for (const piece of held.pieces()) {
      const { name, at } = this.#whereIs(piece);
      sizes.set(name, Math.max(sizes.get(name) ?? 0, at + this.#span(piece).length));
    }
    return sizes;
  }

  async open(
    manifest: Manifest,
    signed: Bytes,
    isEmpty: boolean,
    files: readonly number[] | null = null,
  ): Promise<Bitfield | null> {
    if (isEmpty) this.#kept.clear();
    await this.#journal.settled();
    const { places, sizes } = placesOf(manifest);
    const found = await this.#sizesFound(sizes);
    const wanted = new Map(isEmpty ? Journal.sizes(manifest, signed) : []);
    for (const [name, size] of sizesFor(manifest, places, files)) {
      const foundSize = found.get(name) ?? 0;
      const isMuch = foundSize > (sizes.get(name) ?? 0);
      if (foundSize < size || !found.has(name) || isMuch) wanted.set(name, size);
    }
    await this.#withRoom(() => this.#shelf.reserve(wanted));
    if (this.#wasFull) await this.#findRoom(manifest.layout.pieceBytes);
    if (!isEmpty) return null;
    await this.#journal.begin(manifest, signed);
    this.#begin(manifest, places);
    const mayBeThere = new Bitfield(manifest.layout.pieceCount);
    for (const piece of this.#piecesIn((name) => (found.get(name) ?? 0) > 0)) mayBeThere.add(piece);
    return mayBeThere.count > 0 ? mayBeThere : null;
  }

  /** After the disk was full: there has to be room for the next few pieces at least. */
  async #findRoom(pieceBytes: number): Promise<void> {
    const missingBytes = this.#journal.missingCount * pieceBytes;
    await this.#withRoom(() => this.#shelf.findRoom(Math.min(ROOM_BYTES, missingBytes)));
    this.#wasFull = false;
  }

  /**
   * Tries it again while finished shares make room. A site's quota shows when room is reserved, a
   * full disk when it is written to.
   */
  async #withRoom(action: () => Promise<void>): Promise<void> {
    const roomsBefore = this.#roomsMade;
    try {
      await action();
    } catch (error) {
      const isFull = error instanceof ShoalError && error.code === "no-space";
      if (!isFull || !(await this.#isRoomier(roomsBefore))) throw error;
      await this.#withRoom(action);
    }
  }

  /** Whether there is more room than then: several pieces that are written at once need it once. */
  #isRoomier(roomsBefore: number): Promise<boolean> {
    const isRoomier = this.#lastRoom.then(async () => {
      if (this.#roomsMade === roomsBefore && (await this.#shelf.makeRoom())) this.#roomsMade++;
      return this.#roomsMade > roomsBefore;
    });
    this.#lastRoom = isRoomier.catch(() => false);
    return isRoomier;
  }

  /** What was to be noted is; nothing more is under way. */
  settled(): Promise<void> {
    return this.#journal.settled();
  }

  /** What the person wants, for later sessions too. */
  keepWish(wish: KeptWish): void {
    this.#journal.keepWish(wish);
  }

  /** What was wanted in the session that is restored. @throws {ShoalError} */
  keptWish(): Promise<KeptWish> {
    return keptWish(this.#shelf);
  }

  keepPage(page: Page): void {
    this.#pages.set(page.index, page);
    this.#journal.keepPage(page);
  }

  keepBlock(piece: number, offset: number, payload: Bytes): void {
    const kept = this.#kept.get(piece) ?? this.#memory(this.#span(piece).length);
    kept.set(payload, offset);
    this.#kept.set(piece, kept);
  }

  async finishPiece(piece: number, hash: Bytes, isSuspect: boolean): Promise<PieceVerdict> {
    const kept = this.#kept.get(piece);
    if (kept === undefined) throw new Error("a piece is finished after its blocks were kept");
    // Before any wait: after a failure the piece may be fetched anew while this one is hashed.
    this.#kept.delete(piece);
    const matches = sameBytes(await sha256(kept), hash);
    const blockHashes = matches && !isSuspect ? null : await blockHashesOf(kept, sha256);
    if (matches) await this.#write(piece, kept);
    this.#letGo(kept);
    return { matches, blockHashes };
  }

  #letGo(kept: Bytes): void {
    if ((this.#spare.length + 1) * kept.length <= SPARE_BYTES || this.#spare.length === 0) {
      this.#spare.push(kept);
    } else release(kept.buffer);
  }

  /** Memory for a piece, whatever is in it: what was used before is quicker than what has to be cleared. */
  #memory(length: number): Bytes {
    const spare = this.#spare.pop();
    return spare?.length === length ? spare : new Uint8Array(length);
  }

  /** The person has copies of these files, by index. */
  offer(copies: ReadonlyMap<number, File>): void {
    for (const [index, file] of copies) this.#copies.set(index, file);
  }

  async copyPiece(piece: number, hash: Bytes): Promise<boolean> {
    const { file, offset, length } = this.#span(piece);
    const copy = this.#copies.get(file)?.slice(offset, offset + length);
    const bytes = copy && (await readable(copy));
    if (!bytes || bytes.length !== length || !sameBytes(await sha256(bytes), hash)) return false;
    await this.#write(piece, bytes);
    return true;
  }

  /** Writes a piece that was found good in place. */
  async #write(piece: number, bytes: Bytes): Promise<void> {
    const { name, at } = this.#whereIs(piece);
    await this.#orForget(this.#withRoom(() => this.#shelf.write(name, bytes, at)));
    this.#sound.add(piece);
    this.#journal.wrote(piece, name);
  }

  dropPiece(piece: number): void {
    this.#kept.delete(piece);
  }

  async checkPiece(piece: number, hash: Bytes): Promise<boolean> {
    if (!(await this.#isAs(piece, hash))) return false;
    this.#sound.add(piece);
    this.#journal.wrote(piece, this.#whereIs(piece).name);
    return true;
  }

  /** Compares what is on disk. What can't be read is as good as lost. */
  async #isAs(piece: number, hash: Bytes): Promise<boolean> {
    const { name, at } = this.#whereIs(piece);
    const bytes = new Uint8Array(this.#span(piece).length);
    try {
      await this.#shelf.read(name, bytes, at);
    } catch {
      return false; // Safe: it is fetched again, and a disk that fails for good shows at that.
    }
    return sameBytes(await sha256(bytes), hash);
  }

  /** @throws {PieceLost} */
  async read(block: Block, into: Bytes): Promise<void> {
    if (!(await this.#isSound(block.piece))) throw this.#lose(block.piece);
    const { name, at } = this.#whereIs(block.piece);
    try {
      await this.#shelf.read(name, into, at + block.offset);
    } catch (cause) {
      throw this.#lose(block.piece, { cause });
    }
  }

  /** Compared once: blocks of one piece that are read at the same time wait for the same. */
  async #isSound(piece: number): Promise<boolean> {
    if (this.#sound.has(piece)) return true;
    const comparing = this.#comparing.get(piece) ?? this.#compare(piece);
    this.#comparing.set(piece, comparing);
    return comparing;
  }

  async #compare(piece: number): Promise<boolean> {
    const isSound = await this.#isAs(piece, this.#hashOf(piece));
    if (isSound) this.#sound.add(piece);
    this.#comparing.delete(piece);
    return isSound;
  }

  #hashOf(piece: number): Bytes {
    const layout = this.#manifest?.layout;
    const page = layout && this.#pages.get(layout.pageOf(piece));
    if (layout === undefined || page === undefined) throw new Error("a held piece has its page");
    return hashIn(page, layout, piece);
  }

  /** Where one piece is damaged, what else its file holds isn't relied on unseen. */
  #lose(piece: number, options?: { cause: unknown }): PieceLost {
    const { name } = this.#whereIs(piece);
    for (const other of this.#piecesIn((its) => its === name)) this.#sound.remove(other);
    this.#journal.lost(piece);
    this.onLost(piece);
    return new PieceLost(piece, options);
  }

  /** A later session must not go on from what a failing disk holds; a full one is no such. */
  async #orForget(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const code = error instanceof ShoalError ? error.code : null;
      if (code === "storage-failed") this.#journal.forget();
      if (code === "no-space") this.#wasFull = true;
      throw error;
    }
  }

  /**
   * A finished file, as it was signed. Its bytes stay on disk, or in memory where it is small.
   * @throws {ShoalError} `storage-failed`
   * @throws {PieceLost} Where the disk has lost some of it, which is fetched again.
   */
  async file(index: number): Promise<File> {
    const entry = this.#manifest?.files[index];
    const place = this.#places[index];
    if (entry === undefined || place === undefined) throw new Error("no such file");
    await this.#makeSure(index, place.name);
    const name = entry.path.at(-1) ?? "file";
    if (place.name !== PACK) return this.#shelf.file(place.name);
    const bytes = new Uint8Array(entry.sizeBytes);
    if (bytes.length > 0) await this.#shelf.read(PACK, bytes, place.offset);
    return new File([bytes], name);
  }

  /** Sees all that is lost of a file. @throws {PieceLost} */
  async #makeSure(index: number, name: string): Promise<void> {
    const manifest = this.#manifest;
    if (manifest === null) return;
    const size = (await this.#shelf.size(name)) ?? 0;
    const endBytes = (this.#places[index]?.offset ?? 0) + (manifest.files[index]?.sizeBytes ?? 0);
    const isCut = name === PACK ? size < endBytes : size !== endBytes;
    const { first, end } = manifest.layout.piecesOfFile(index);
    let lost: PieceLost | null = null;
    for (let piece = first; piece < end; piece++) {
      if (isCut) this.#sound.remove(piece);
      if (!(await this.#isSound(piece))) lost = this.#lose(piece);
    }
    if (lost !== null) throw lost;
  }

  #span(piece: number): { file: number; offset: number; length: number } {
    if (this.#manifest === null) throw new ShoalError("storage-failed", "not open");
    return this.#manifest.layout.span(piece);
  }

  #whereIs(piece: number): { name: string; at: number } {
    const { file, offset } = this.#span(piece);
    const place = this.#places[file];
    if (place === undefined) throw new Error("every file has its place");
    return { name: place.name, at: place.offset + offset };
  }
}

/** Which of a share's files lies where, and the sizes of the files on disk. */
function placesOf(manifest: Manifest): { places: Place[]; sizes: Map<string, number> } {
  const places: Place[] = [];
  const sizes = new Map<string, number>();
  for (const [index, { sizeBytes }] of manifest.files.entries()) {
    const name = sizeBytes > PACKED_BYTES ? `${index}` : PACK;
    const offset = sizes.get(name) ?? 0;
    places.push({ name, offset });
    sizes.set(name, offset + sizeBytes);
  }
  return { places, sizes };
}

/** How long the files on disk have to be for these shared files; null: for all. */
function sizesFor(
  manifest: Manifest,
  places: readonly Place[],
  files: readonly number[] | null,
): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const index of files ?? places.keys()) {
    const place = places[index];
    const file = manifest.files[index];
    if (place === undefined || file === undefined) continue;
    const end = place.offset + file.sizeBytes;
    sizes.set(place.name, Math.max(sizes.get(place.name) ?? 0, end));
  }
  return sizes;
}

async function readable(blob: Blob): Promise<Bytes | null> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null; // Safe: a copy that is gone or changed is no copy; peers are asked.
  }
}

/** Whether this browser lets a page keep files of its own. */
export async function hasOpfs(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return "createSyncAccessHandle" in FileSystemFileHandle.prototype;
  } catch {
    return false; // Safe: it throws in private windows and where it is switched off.
  }
}
