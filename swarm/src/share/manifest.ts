/**
 * The manifest: names, sizes and piece size of a share. Signed as one, known before anything is
 * hashed. Little-endian:
 *
 *     version u8 | piece size u32 | file count u32 |
 *       per file: size u64 | name count u8 | per name: length u16 | UTF-8
 */
import { type Bytes, fromUtf8, utf8 } from "../bytes.ts";
import { ShoalError } from "../errors.ts";
import { LIMITS } from "../limits.ts";
import { atOnce, type Steps } from "../steps.ts";
import { Layout, pieceBytesFor } from "./layout.ts";
import { type Path, Places, safePaths } from "./path.ts";

export type ManifestFile = { readonly path: Path; readonly sizeBytes: number };

export type Manifest = {
  readonly files: readonly ManifestFile[];
  readonly layout: Layout;
};

const VERSION = 1;
const HEAD_BYTES = 9;

/**
 * The manifest of files that a person chose.
 * @throws {ShoalError} `nothing-to-share` or `too-large`.
 */
export function makeManifest(chosen: readonly ManifestFile[]): Manifest {
  if (chosen.length === 0) throw new ShoalError("nothing-to-share");
  const paths = safePaths(chosen.map((file) => file.path));
  if (paths === null) throw new ShoalError("too-large", "a path");
  const files = chosen.map((file, index) => ({ ...file, path: paths[index] ?? file.path }));
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const layout = new Layout(
    files.map((file) => file.sizeBytes),
    pieceBytesFor(totalBytes),
  );
  if (!withinBounds(layout)) throw new ShoalError("too-large");
  return { files, layout };
}

const withinBounds = (layout: Layout): boolean =>
  layout.fileSizes.length <= LIMITS.fileCount &&
  layout.totalBytes <= LIMITS.shareBytes &&
  layout.pieceCount <= LIMITS.pieceCount;

/**
 * The bytes that are signed and sent.
 * @throws {ShoalError} `too-large` past `LIMITS.manifestBytes`.
 */
export function encodeManifest(manifest: Manifest): Bytes {
  const encoded = manifest.files.map((file) => ({ ...file, names: file.path.map(utf8) }));
  const size = encoded.reduce(
    (sum, file) => file.names.reduce((bytes, name) => bytes + 2 + name.length, sum + 9),
    HEAD_BYTES,
  );
  if (size > LIMITS.manifestBytes) throw new ShoalError("too-large", "the list of files");
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, manifest.layout.pieceBytes, true);
  view.setUint32(5, encoded.length, true);
  let at = HEAD_BYTES;
  for (const file of encoded) {
    view.setBigUint64(at, BigInt(file.sizeBytes), true);
    view.setUint8(at + 8, file.names.length);
    at += 9;
    for (const name of file.names) {
      view.setUint16(at, name.length, true);
      bytes.set(name, at + 2);
      at += 2 + name.length;
    }
  }
  return bytes;
}

/**
 * Parses what a share's key signed; its maker may still be hostile. Paths come out harmless.
 * Blocks for up to a second or two where a hostile manifest is as large as `LIMITS.manifestBytes`.
 * @throws {ShoalError} `manifest-refused` for a broken rule, `link-newer` for a later version.
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  return atOnce(decodeManifestInSteps(bytes));
}

/**
 * The same in steps of a few milliseconds, for who mustn't block.
 * @throws {ShoalError} from any step, as `decodeManifest`.
 */
export function* decodeManifestInSteps(bytes: Uint8Array): Steps<Manifest> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (version > VERSION) throw new ShoalError("link-newer", "manifest");
  const pieceBytes = reader.u32();
  const fileCount = reader.u32();
  if (version !== VERSION || !isPieceSize(pieceBytes)) throw refused("piece size");
  if (fileCount === 0 || fileCount > LIMITS.fileCount) throw refused("file count");
  const places = new Places();
  const files: ManifestFile[] = [];
  for (let index = 0; index < fileCount; index++) {
    const sizeBytes = reader.u64();
    const nameCount = reader.u8();
    if (nameCount > LIMITS.pathDepth) throw refused("a path's depth"); // Before its names are read.
    const names = Array.from({ length: nameCount }, () => reader.text());
    const path = yield* places.place(names);
    if (path === null) throw refused("a path");
    files.push({ sizeBytes, path });
  }
  if (!reader.atEnd) throw refused("trailing bytes");
  const layout = new Layout(
    files.map((file) => file.sizeBytes),
    pieceBytes,
  );
  if (!withinBounds(layout)) throw refused("sizes");
  return { layout, files };
}

const isPieceSize = (size: number): boolean =>
  size >= LIMITS.pieceBytesLeast && size <= LIMITS.pieceBytesMost && (size & (size - 1)) === 0;

const refused = (what: string): ShoalError => new ShoalError("manifest-refused", what);

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): number {
    const value = this.#view.getBigUint64(this.#take(8), true);
    if (value > BigInt(LIMITS.shareBytes)) throw refused("size");
    return Number(value);
  }

  text(): string {
    const length = this.#view.getUint16(this.#take(2), true);
    const start = this.#take(length);
    const text = fromUtf8(this.#bytes.subarray(start, start + length));
    if (text === null) throw refused("a name that is not UTF-8");
    return text;
  }

  #take(count: number): number {
    const start = this.#at;
    if (start + count > this.#bytes.length) throw refused("cut short");
    this.#at = start + count;
    return start;
  }
}
