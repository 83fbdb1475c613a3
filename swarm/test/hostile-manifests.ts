/**
 * Manifests that the maker of a share may sign: good ones, ones whose counts lie, names of every
 * kind, changed ones, and any bytes. From nine bytes to `LIMITS.manifestBytes`.
 */
import { type Bytes, utf8 } from "../src/bytes.ts";
import { LIMITS } from "../src/limits.ts";
import type { Chance } from "./chance.ts";
import { amidOthers, mutated } from "./mutation.ts";

/** What names are made of: likely to meet, to vanish, to shrink, to grow, or to be no UTF-8. */
const LETTERS: readonly Bytes[] = [
  ..."aAbzZ019. /\\:_-",
  "(2)",
  " (2)",
  "con",
  "NUL.",
  ".txt",
  ".TXT",
  "e\u0301",
  "\u00e9",
  "\u0301",
  "\u0323",
  "\u0301\u0323",
  "\u200b",
  "\u202e",
  "\ufeff",
  "\0",
  "\r\n",
  "\u3000",
  "\u0436",
  "\u0416",
  "\u00df",
  "\u0130",
  "\u03a3",
  "\u1100\u1161\u11a8",
  "\u03b1\u0313\u0300\u0345",
  "\ufb2c",
  "<\u0338",
  "\u{1d160}",
  "\u{1f600}",
].map(utf8);
const NO_UTF8: readonly Bytes[] = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe2, 0x82],
].map((bytes) => new Uint8Array(bytes));

/** Names of which two are likely to meet, and to meet with a number. */
const MEETING: readonly Bytes[] = [
  "",
  "a",
  "A",
  "a (2)",
  "A (3)",
  "b.txt",
  "B.TXT",
  "b (2).txt",
  "con",
  "_con",
  "_",
  ".",
  "\u00e9",
  "\u00c9",
  "e\u0301",
  "x".repeat(255),
  "x".repeat(256),
].map(utf8);

const PIECE_SIZES = [16, 17, 20, 22].map((bits) => 2 ** bits);
const COUNTS = [0, 1, LIMITS.fileCount, LIMITS.fileCount + 1, 2 ** 31, 2 ** 32 - 1];
const SIZES = [
  0n,
  1n,
  65_536n,
  65_537n,
  BigInt(LIMITS.shareBytes),
  BigInt(LIMITS.shareBytes) + 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const MOST_NAME_BYTES = 0xffff;

/** Writes into one buffer that is as large as a manifest may be, and a bit larger. */
class Writer {
  readonly #bytes = new Uint8Array(LIMITS.manifestBytes + 2 * MOST_NAME_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #nameAt = 0;

  /** Room for one name more, whatever its length. */
  get hasRoom(): boolean {
    return this.#at < LIMITS.manifestBytes - MOST_NAME_BYTES;
  }

  begin(pieceBytes: number): void {
    this.#view.setUint8(0, 1);
    this.#view.setUint32(1, pieceBytes, true);
    this.#at = 9;
  }

  /** `nameCount` as claimed. */
  file(sizeBytes: bigint, nameCount: number): void {
    this.#view.setBigUint64(this.#at, sizeBytes, true);
    this.#view.setUint8(this.#at + 8, nameCount);
    this.#at += 9;
  }

  /** The letters in turn, each whole, until `size` bytes. */
  name(letters: readonly Bytes[], size: number): void {
    const start = this.#at + 2;
    const end = start + size;
    let at = start;
    for (let index = 0; ; index++) {
      const letter = letters[index % letters.length];
      if (letter === undefined || letter.length === 0 || at + letter.length > end) break;
      this.#bytes.set(letter, at);
      at += letter.length;
    }
    this.#view.setUint16(this.#at, at - start, true);
    this.#nameAt = this.#at;
    this.#at = at;
  }

  /** Sets the length of the last name to another than it has. */
  lie(length: number): void {
    this.#view.setUint16(this.#nameAt, length, true);
  }

  /** A copy of what was written. */
  end(fileCount: number): Bytes {
    this.#view.setUint32(5, fileCount, true);
    return this.#bytes.slice(0, this.#at);
  }
}

const writer = new Writer();

/** A manifest's proportions; lengths in bytes. */
type Shape = {
  readonly files: number;
  readonly names: (chance: Chance, file: number) => number;
  readonly nameBytes: (chance: Chance) => number;
  readonly letters: (chance: Chance, index: number) => readonly Bytes[];
};

const anyLetters = (chance: Chance): readonly Bytes[] =>
  Array.from({ length: chance.size(6) }, () =>
    chance.oneIn(300) ? chance.pick(NO_UTF8) : chance.pick(LETTERS),
  );
/** Names that differ, so that each takes its place in every table; three letters at least. */
const distinctLetters = (_chance: Chance, index: number): readonly Bytes[] => [
  utf8(index.toString(36).padStart(3, "q")),
];
const meetingLetters = (chance: Chance): readonly Bytes[] => [chance.pick(MEETING)];

/** Up to some hundred bytes. */
const USUAL: readonly ((chance: Chance) => Shape)[] = [
  (chance) => ({
    files: chance.size(6),
    names: (of) => of.size(4),
    nameBytes: (of) => of.below(13),
    letters: anyLetters,
  }),
  (chance) => ({
    files: chance.size(3),
    names: (of) => of.between(LIMITS.pathDepth - 8, LIMITS.pathDepth + 1),
    nameBytes: (of) => of.below(8),
    letters: anyLetters,
  }),
  (chance) => ({
    files: chance.size(40),
    names: (of) => of.size(3),
    nameBytes: () => 300,
    letters: meetingLetters,
  }),
];

/** Some kilobytes up to some hundred. */
const LARGE: readonly ((chance: Chance) => Shape)[] = [
  (chance) => ({
    files: chance.size(LIMITS.fileCount),
    names: () => 1,
    nameBytes: (of) => of.below(4),
    letters: anyLetters,
  }),
  (chance) => ({
    files: chance.size(1_000),
    names: (of) => of.size(LIMITS.pathDepth),
    nameBytes: () => 3,
    letters: distinctLetters,
  }),
  (chance) => ({
    files: chance.size(1_000),
    names: (of) => of.size(3),
    nameBytes: () => 300,
    letters: meetingLetters,
  }),
  (chance) => ({
    files: chance.size(300),
    names: () => 255, // Far deeper than a path may be.
    nameBytes: (of) => of.below(3),
    letters: anyLetters,
  }),
  (chance) => ({
    files: chance.size(4),
    names: () => 1,
    nameBytes: (of) => of.size(MOST_NAME_BYTES),
    letters: anyLetters,
  }),
];

const letter = (text: string) => () => [utf8(text)];
const exactly = (count: number) => () => count;
const longest = (letters: Shape["letters"]): Shape => ({
  files: LIMITS.fileCount,
  names: exactly(1),
  nameBytes: exactly(MOST_NAME_BYTES),
  letters,
});
const most = (names: number, nameBytes: number, letters: Shape["letters"]): Shape => ({
  files: LIMITS.fileCount,
  names: exactly(names),
  nameBytes: exactly(nameBytes),
  letters,
});

/** As much as there may be of each thing that costs time or memory. */
export const HEAVIEST: Readonly<Record<string, Shape>> = {
  "many empty names": most(1, 0, letter("")),
  "many short names": most(1, 3, distinctLetters),
  "many names of 400 bytes": most(1, 400, distinctLetters),
  "many paths of 32 empty names": most(LIMITS.pathDepth, 0, letter("")),
  "many paths of 32 short names": most(LIMITS.pathDepth, 4, distinctLetters),
  "many paths of 32 longer names": most(LIMITS.pathDepth, 11, distinctLetters),
  "many paths through folders of files' names": {
    ...most(LIMITS.pathDepth, 0, letter("")),
    names: (_chance, file) => Math.min(file + 1, LIMITS.pathDepth),
  },
  "many paths that meet": most(3, 300, meetingLetters),
  "many equal names that are long": most(1, 240, letter("\u0436")),
  "the longest names": longest(letter("a")),
  "the longest names, of dots": longest(letter(".")),
  "the longest names, of what goes": longest(letter("\u200b")),
  "the longest names, of what is replaced": longest(letter("/:")),
  "the longest names, of marks": longest(letter("\u0301\u0323")),
  "names of marks that are just seen": most(1, 920, letter("\u0301\u0323")),
  "the longest names, of letters in pieces": longest(letter("\u1100\u1161\u11a8")),
  "many names with one wide letter": most(1, 255, (_chance, index) => [
    utf8(`\u4e00${index}`.padEnd(253, "x")),
  ]),
};
const HEAVIEST_SHAPES = Object.values(HEAVIEST);

/** A manifest that keeps all rules, of the shape or a fraction of its files. */
export function manifestOf(shape: Shape, fraction: number, chance: Chance): Bytes {
  return written({ ...shape, files: Math.ceil(shape.files * fraction) }, chance, false);
}

/** With `isLying` some counts, sizes and lengths are others than what follows. */
function written(shape: Shape, chance: Chance, isLying: boolean): Bytes {
  const lies = isLying ? chance.size(8) : Number.MAX_SAFE_INTEGER;
  writer.begin(isLying && chance.oneIn(8) ? chance.field() : chance.pick(PIECE_SIZES));
  const isOfSmallFiles = !isLying || !chance.oneIn(3);
  let index = 0;
  let file = 0;
  for (; file < shape.files && writer.hasRoom; file++) {
    const names = shape.names(chance, file);
    const size = isOfSmallFiles ? BigInt(chance.below(200_000)) : chance.pick(SIZES);
    const isMiscounted = isLying && chance.oneIn(lies * 4);
    writer.file(size, isMiscounted ? chance.pick([0, names + 1, 255]) : names);
    for (let name = 0; name < names && writer.hasRoom; name++) {
      writer.name(shape.letters(chance, index++), shape.nameBytes(chance));
      if (isLying && chance.oneIn(lies * 8)) writer.lie(chance.field() & 0xffff);
    }
  }
  return writer.end(isLying && chance.oneIn(lies) ? chance.pick(COUNTS) : file);
}

/** Large ones come once in so many; the largest, which take a second each, more seldom. */
const LARGE_ONE_IN = 500;
const HEAVIEST_ONE_IN = 20_000;

function anyShape(chance: Chance): Shape {
  if (chance.oneIn(HEAVIEST_ONE_IN)) return chance.pick(HEAVIEST_SHAPES);
  return chance.pick(chance.oneIn(LARGE_ONE_IN) ? LARGE : USUAL)(chance);
}

/** The next manifest of a hostile sharer. */
export function hostileManifest(chance: Chance): Bytes {
  const kind = chance.below(20);
  if (kind < 2) return anyBytes(chance);
  let bytes = written(anyShape(chance), chance, kind < 5);
  if (kind >= 10) {
    for (let changes = chance.size(4); changes > 0; changes--) {
      bytes = mutated(bytes, () => written(chance.pick(USUAL)(chance), chance, false), chance);
    }
  }
  return chance.oneIn(8) ? amidOthers(bytes, chance) : bytes;
}

/** Any bytes, most of them behind a head that passes. */
function anyBytes(chance: Chance): Bytes {
  const size = chance.size(chance.oneIn(50) ? LIMITS.frameBytes : 200);
  const bytes = chance.bytes(size);
  if (size < 9 || chance.oneIn(4)) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint32(1, chance.pick(PIECE_SIZES), true);
  view.setUint32(5, chance.oneIn(4) ? chance.pick(COUNTS) : chance.size(4), true);
  return bytes;
}
