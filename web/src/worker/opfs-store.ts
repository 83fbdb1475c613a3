/**
 * A leecher's pieces in the origin-private file system: verified ones only, in place. A large file
 * has an OPFS file of its own; small ones lie one after the other in a common file, since making
 * 2,000 files takes a browser 6 to 26 s (docs/decisions/0001).
 */
import { type Bytes, sameBytes } from "@shoal/swarm/bytes";
import type { Store } from "@shoal/swarm/driver";
import { blockHashesOf } from "@shoal/swarm/engine/block-hashes";
import type { Page, PieceVerdict, Restored } from "@shoal/swarm/engine/io";
import { ShoalError } from "@shoal/swarm/errors";
import type { Remains } from "@shoal/swarm/restore";
import type { Manifest } from "@shoal/swarm/share/manifest";
import type { Block } from "@shoal/swarm/wire/frame";
import { Journal, type JournalDisk } from "./journal.ts";
import type { Shelf } from "./shelf.ts";

/** Files up to this size are packed; handing one out takes as much memory. */
const PACKED_BYTES = 4 * 1024 * 1024;
const PACK = "pack";

/** What is needed of a shelf. */
type Disk = JournalDisk &
  Pick<Shelf, "remove" | "reserve" | "makeRoom" | "read" | "file" | "size" | "clear">;

/** Where a shared file lies. */
type Place = { readonly name: string; readonly offset: number };

export class OpfsStore implements Store {
  readonly #shelf: Disk;
  /** Blocks of pieces that are being fetched. */
  readonly #kept = new Map<number, Bytes>();
  /** The person's own copies of shared files, by index. */
  readonly #copies = new Map<number, File>();
  readonly #journal: Journal;
  #roomsMade = 0;
  #lastRoom: Promise<boolean> = Promise.resolve(false);
  #manifest: Manifest | null = null;
  #places: readonly Place[] = [];

  constructor(shelf: Disk) {
    this.#shelf = shelf;
    this.#journal = new Journal(shelf);
  }

  /**
   * What an earlier session left, as far as `check` finds it usable; null where there is nothing, and
   * then nothing is left of it.
   * @throws {ShoalError} `storage-failed`
   */
  async restore(check: (found: Remains) => Promise<Restored | null>): Promise<Restored | null> {
    const found = await Journal.read(this.#shelf);
    const restored = found && (await check(found));
    if (restored === null || !(await this.#isWhole(restored.manifest))) {
      await this.#shelf.clear();
      return null;
    }
    this.#manifest = restored.manifest;
    this.#places = placesOf(restored.manifest).places;
    this.#journal.resume(restored.held, restored.pages);
    return restored;
  }

  /** Whether the files have the sizes that they were given. */
  async #isWhole(manifest: Manifest): Promise<boolean> {
    for (const [name, size] of placesOf(manifest).sizes) {
      if ((await this.#shelf.size(name)) !== size) return false;
    }
    return true;
  }

  async open(manifest: Manifest, signed: Bytes, isEmpty: boolean): Promise<void> {
    this.#kept.clear();
    // Else the room is there already: from an earlier session, or from before the disk was full.
    if (!isEmpty) return;
    const { places, sizes } = placesOf(manifest);
    const all = new Map([...Journal.sizes(manifest, signed), ...sizes]);
    await this.#journal.settled();
    for (const name of all.keys()) await this.#shelf.remove(name);
    await this.#withRoom(() => this.#shelf.reserve(all));
    await this.#journal.begin(manifest, signed);
    this.#places = places;
    this.#manifest = manifest;
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

  /** All pieces are wanted, in later sessions too. */
  asked(): void {
    this.#journal.asked();
  }

  /** Whether all pieces were wanted in the session that is restored. @throws {ShoalError} */
  wasAsked(): Promise<boolean> {
    return Journal.wasAsked(this.#shelf);
  }

  keepPage(page: Page): void {
    this.#journal.keepPage(page);
  }

  keepBlock(piece: number, offset: number, payload: Bytes): void {
    const { length } = this.#span(piece);
    if (payload.length === length) {
      this.#kept.set(piece, payload); // The whole piece in one block: no copy.
      return;
    }
    const kept = this.#kept.get(piece) ?? new Uint8Array(length);
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
    return { matches, blockHashes };
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
    this.#journal.wrote(piece, name);
  }

  dropPiece(piece: number): void {
    this.#kept.delete(piece);
  }

  async read(block: Block, into: Bytes): Promise<void> {
    const { name, at } = this.#whereIs(block.piece);
    await this.#orForget(this.#shelf.read(name, into, at + block.offset));
  }

  /** A later session must not go on from what a failing disk holds; a full one is no such. */
  async #orForget(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (error instanceof ShoalError && error.code === "storage-failed") this.#journal.forget();
      throw error;
    }
  }

  /**
   * A finished file. Its bytes stay on disk, or in memory where it is small.
   * @throws {ShoalError} `storage-failed`, also where the disk has lost some of it.
   */
  async file(index: number): Promise<File> {
    const entry = this.#manifest?.files[index];
    const place = this.#places[index];
    if (entry === undefined || place === undefined) throw new Error("no such file");
    const name = entry.path.at(-1) ?? "file";
    if (place.name !== PACK) {
      const file = await this.#shelf.file(place.name);
      if (file.size !== entry.sizeBytes) throw new ShoalError("storage-failed", "a cut file");
      return file;
    }
    const bytes = new Uint8Array(entry.sizeBytes);
    if (bytes.length > 0) await this.#shelf.read(PACK, bytes, place.offset);
    return new File([bytes], name);
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

async function readable(blob: Blob): Promise<Bytes | null> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null; // Safe: a copy that is gone or changed is no copy; peers are asked.
  }
}

const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** Whether this browser lets a page keep files of its own. */
export async function hasOpfs(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return "createSyncAccessHandle" in FileSystemFileHandle.prototype;
  } catch {
    return false; // Safe: it throws in private windows and where it is switched off.
  }
}
